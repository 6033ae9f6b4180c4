/**
 * What was taken along, as the page and its service worker both know it. Files lie under their SHA-256, so two releases
 * share what has not changed and never mix what has; one index says which file stands for which address, and replacing
 * it is the whole of an update.
 */

export interface KeptFile {
  sha256: string;
  bytes: number;
  type: string;
}

export interface KeptTour {
  id: string;
  title: Record<string, string>;
  bytes: number;
  /** Addresses, from the scope on. */
  paths: string[];
}

export interface KeptIndex {
  format: 1;
  release: string;
  tours: KeptTour[];
  /** Every address that is answered without a network, from the scope on; the page itself is ''. */
  files: Record<string, KeptFile>;
}

/** The only cache of this site; another site on the same host has another scope. */
export const cacheName = (scope: string): string => `heritage ${scope}`;
export const fileKey = (scope: string, sha256: string): string => `${scope}kept/${sha256}`;
export const indexKey = (scope: string): string => `${scope}kept/index.json`;

/** Raises what the browser raises where it keeps nothing. */
export async function readIndex(scope: string): Promise<KeptIndex | null> {
  const name = cacheName(scope);
  if (!(await caches.has(name))) return null;
  const answer = await (await caches.open(name)).match(indexKey(scope));
  if (!answer) return null;
  const index = (await answer.json()) as KeptIndex;
  return index.format === 1 ? index : null;
}

interface Tile {
  content?: { uri: string };
  children?: Tile[];
  [key: string]: unknown;
}

/**
 * A tileset (its JSON) without the tiles that are not kept: children of a tile stay all or none, so that no hole opens.
 * `has` says whether a content's uri is kept.
 */
export function pruned<T extends { root: Tile }>(tileset: T, has: (uri: string) => boolean): T {
  const here = (tile: Tile): boolean => !tile.content || has(tile.content.uri);
  const cut = (tile: Tile): Tile => {
    const { children, ...rest } = tile;
    return children?.every(here) ? { ...rest, children: children.map(cut) } : rest;
  };
  return { ...tileset, root: cut(tileset.root) };
}

/** The bytes that a Range header asks for, as [first, last]; null: all of them, 'none': there are none such. */
export function rangeOf(header: string | null, size: number): [number, number] | 'none' | null {
  const found = header && /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!found || (found[1] === '' && found[2] === '')) return null;
  if (found[1] === '') {
    const length = Number(found[2]);
    return length > 0 && size > 0 ? [Math.max(0, size - length), size - 1] : 'none';
  }
  const first = Number(found[1]);
  const last = found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1);
  if (found[2] !== '' && Number(found[2]) < first) return null;
  return first < size ? [first, last] : 'none';
}

/** Written into the kept page when it is shown, so that the page knows. */
export const KEPT_MARK = '<meta name="heritage-kept" content="yes">';

/**
 * Ends the address of what is fetched to be kept: the worker leaves that to the network. A fetch that a worker answers
 * is not ended there when the page gives it up, and the browser has whoever asks again wait 20 s for it.
 */
export const PAST_WORKER = '#past-worker';
