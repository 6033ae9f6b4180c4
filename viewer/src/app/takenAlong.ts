/** Whether the page is shown from what was taken along, and what of the release that is. */
import type { MonumentEntry, Release } from '../core/release.ts';
import { readIndex } from '../offline/kept.ts';

/** The address of the site's page, without what stands behind it. */
export const scopeOf = (page: Document): string => new URL('./', page.baseURI).href;

export class TakenAlong {
  /** The release's files that are there without a network; null while the page came from the network. */
  private kept: ReadonlySet<string> | null = null;

  /** Ask what is kept, where the service worker says that the page is. */
  async wake(page: Document, base: string): Promise<void> {
    if (!page.querySelector('meta[name="heritage-kept"]')) return;
    const scope = scopeOf(page);
    const root = new URL(base, scope).href.slice(scope.length);
    const index = await readIndex(scope).catch(() => null);
    const paths = Object.keys(index?.files ?? {}).filter((path) => path.startsWith(root));
    this.kept = new Set(paths.map((path) => path.slice(root.length)));
  }

  /** Whether the page is shown from what was taken along. */
  get offline(): boolean {
    return this.kept !== null;
  }

  /** Whether only the first tile of a monument is here: no tour to it was taken along. */
  coarse(monument: MonumentEntry | null, release: Release | null): boolean {
    if (!this.kept || !monument) return false;
    return !release?.tours.some((tour) => tour.monument === monument.id && this.has(tour.url));
  }

  /** Whether a file of the release can be had. */
  has(path: string): boolean {
    return this.kept?.has(path) ?? true;
  }
}
