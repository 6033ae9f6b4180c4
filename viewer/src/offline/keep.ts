/** Taking tours along: what it needs, fetching it, checking it, replacing it by a newer release, and removing it. */
import type { Release, TakeAlong } from '../core/release.ts';
import { application, fetchAll, getJson, type Progress, pathOf, type Shelf, store } from './arrive.ts';
import {
  cacheName,
  fileKey,
  indexKey,
  type KeptFile,
  type KeptIndex,
  type KeptTour,
  readIndex,
} from './kept.ts';
import { KeepError, refused } from './problem.ts';

export class Keeper {
  readonly scope: string;

  /** `scope` is the absolute address of the site's page, ending in a slash. */
  constructor(scope: string) {
    this.scope = scope;
  }

  /** What is kept now. Raises KeepError where the browser keeps nothing. */
  async index(): Promise<KeptIndex | null> {
    const problem = refused();
    if (problem) throw new KeepError(problem);
    try {
      return await readIndex(this.scope);
    } catch {
      throw new KeepError('forbidden');
    }
  }

  /**
   * Keep the tours that `choose` names, knowing what is kept now, of the release that is shown under `base`, and nothing else.
   * Until all of it has arrived and is what the lists say, what was kept before stays as it is. Another page of the site that
   * keeps or removes something is waited for. Raises KeepError, and what `signal` raises.
   */
  async keep(
    release: Release,
    base: string,
    choose: (now: KeptIndex | null) => readonly string[],
    tell: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<KeptIndex> {
    return this.alone(() => this.keepAlone(release, base, choose, tell, signal), signal);
  }

  private async keepAlone(
    release: Release,
    base: string,
    choose: (now: KeptIndex | null) => readonly string[],
    tell: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<KeptIndex> {
    const tours = choose(await this.index());
    // Asked for at once, while the press of the button still counts; a refusal only makes it less lasting.
    const lasting = navigator.storage?.persist?.().catch(() => false);
    await this.register();
    const shelf: Shelf = { scope: this.scope, cache: await caches.open(this.scopeCache) };
    const files: Record<string, KeptFile> = await application(shelf, base, signal);
    const kept: KeptTour[] = [];
    for (const id of tours) {
      const entry = release.tours.find((tour) => tour.id === id);
      if (!entry?.take_along) continue;
      const list = await getJson<TakeAlong>(this.at(base, entry.take_along), signal);
      const paths: string[] = [];
      for (const { path, sha256, bytes, type } of list.files) {
        const address = pathOf(this.scope, this.at(base, path));
        files[address] = { sha256, bytes, type };
        paths.push(address);
      }
      kept.push({ id, title: entry.title, bytes: list.bytes, paths });
    }
    await fetchAll(shelf, files, tell, signal);
    await lasting;
    const index: KeptIndex = { format: 1, release: release.id, tours: kept, files };
    await this.settle(index);
    return index;
  }

  /** Remove one tour; the last one takes everything with it. */
  async remove(tour: string): Promise<KeptIndex | null> {
    return this.alone(() => this.removeAlone(tour));
  }

  private async removeAlone(tour: string): Promise<KeptIndex | null> {
    const before = await this.index();
    if (!before) return null;
    const tours = before.tours.filter((t) => t.id !== tour);
    if (tours.length === 0) {
      await caches.delete(this.scopeCache);
      const registration = await navigator.serviceWorker.getRegistration(this.scope);
      registration?.active?.postMessage('index');
      await registration?.unregister();
      return null;
    }
    const every = new Set(before.tours.flatMap((t) => t.paths));
    const wanted = new Set(tours.flatMap((t) => t.paths));
    const files = Object.fromEntries(
      Object.entries(before.files).filter(([path]) => !every.has(path) || wanted.has(path)),
    );
    const index = { ...before, tours, files };
    await this.settle(index);
    return index;
  }

  /** Throw away what a cancelled try has brought. */
  async tidy(): Promise<void> {
    await this.alone(async () => {
      const index = await this.index();
      if (index) await this.sweep(index);
      else {
        await caches.delete(this.scopeCache);
        await (await navigator.serviceWorker.getRegistration(this.scope))?.unregister();
      }
    });
  }

  /**
   * Do something while no other page of this site does: two at once would each throw away what the other has brought, and the
   * later list would not know the earlier one's tour.
   */
  private async alone<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const problem = refused();
    if (problem) throw new KeepError(problem);
    return await navigator.locks.request(this.scopeCache, signal ? { signal } : {}, act);
  }

  private get scopeCache(): string {
    return cacheName(this.scope);
  }

  private at(base: string, path: string): string {
    return new URL(base + path, this.scope).href;
  }

  private async register(): Promise<void> {
    try {
      await navigator.serviceWorker.register(`${this.scope}sw.js`, {
        scope: this.scope,
        updateViaCache: 'none',
      });
      await navigator.serviceWorker.ready;
    } catch {
      throw new KeepError('forbidden');
    }
  }

  /** Make `index` what is kept: one write, after which the old release is gone as a whole. */
  private async settle(index: KeptIndex): Promise<void> {
    const cache = await caches.open(this.scopeCache);
    const written = Response.json(index);
    await store(cache, indexKey(this.scope), written, JSON.stringify(index).length);
    const registration = await navigator.serviceWorker.getRegistration(this.scope);
    registration?.active?.postMessage('index');
    await this.sweep(index);
  }

  private async sweep(index: KeptIndex): Promise<void> {
    const cache = await caches.open(this.scopeCache);
    const needed = new Set(Object.values(index.files).map((file) => fileKey(this.scope, file.sha256)));
    needed.add(indexKey(this.scope));
    for (const request of await cache.keys()) if (!needed.has(request.url)) await cache.delete(request);
  }
}
