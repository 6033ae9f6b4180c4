/** Fetch what the first picture needs while the scene's code is still being read; the scene finds it in the cache. */
import type { Release } from '../core/release.ts';
import { newest } from './state.ts';

const MOST = 6; // monuments; a large site's others come when the scene asks for them

async function warmTileset(url: string): Promise<void> {
  const tileset = (await (await fetch(url)).json()) as { root?: { content?: { uri?: string } } };
  const uri = tileset.root?.content?.uri;
  if (uri) await (await fetch(new URL(uri, new URL(url, document.baseURI)))).arrayBuffer();
}

/** Begin to load the first tiles of `release`, those of the monument `first` before the others. */
export function warm(base: string, release: Release, first: string | null): void {
  const inOrder = [...release.monuments].sort((a, b) => Number(b.id === first) - Number(a.id === first));
  for (const monument of inOrder.slice(0, first === null ? MOST : 1)) {
    const { epoch } = newest(monument);
    const entry = monument.epochs.find((e) => e.id === epoch);
    // What fails here fails again when the scene asks, and is told then.
    if (entry) warmTileset(base + entry.tileset).catch(() => {});
  }
}
