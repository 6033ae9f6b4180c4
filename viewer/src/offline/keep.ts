/** Taking tours along: what it needs, fetching it, checking it, replacing it by a newer release, and removing it. */
import type { Release, TakeAlong } from '../core/release.ts';
import {
  cacheName,
  fileKey,
  indexKey,
  type KeptFile,
  type KeptIndex,
  type KeptTour,
  readIndex,
} from './kept.ts';

export type KeepProblem = 'insecure' | 'forbidden' | 'short' | 'failed' | 'changed';

export class KeepError extends Error {
  readonly problem: KeepProblem;
  readonly need: number;
  readonly free: number;
  constructor(problem: KeepProblem, need = 0, free = 0) {
    super(problem);
    this.problem = problem;
    this.need = need;
    this.free = free;
  }
}

export interface Progress {
  done: number;
  total: number;
}

const AT_ONCE = 4;
// What the server says of a page's rights must hold for the kept page, too.
const HEADERS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'permissions-policy',
  'referrer-policy',
  'x-content-type-options',
];

/** Why this browser cannot keep anything, as far as can be known before trying. */
export function refused(): KeepProblem | null {
  if (!window.isSecureContext) return 'insecure';
  return 'serviceWorker' in navigator && 'caches' in window ? null : 'forbidden';
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((b) => b.toString(16).padStart(2, '0')).join('');
}

async function get(url: string, signal: AbortSignal, fresh = false): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal, cache: fresh ? 'no-store' : 'default' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new KeepError('failed');
  }
  if (!answer.ok) throw new KeepError(answer.status === 404 ? 'changed' : 'failed');
  return answer;
}

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

  /** Bytes that this site may still keep; null where the browser does not say. */
  async free(): Promise<number | null> {
    const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
    return quota === undefined ? null : Math.max(0, quota - (usage ?? 0));
  }

  /**
   * Keep `tours` of the release that is shown under `base`, and nothing else. Until all of it has arrived and is what the
   * lists say, what was kept before stays as it is. Raises KeepError, and what `signal` raises.
   */
  async keep(
    release: Release,
    base: string,
    tours: readonly string[],
    tell: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<KeptIndex> {
    await this.index();
    // Asked for at once, while the press of the button still counts; a refusal only makes it less lasting.
    const lasting = navigator.storage?.persist?.().catch(() => false);
    await this.register();
    const cache = await caches.open(this.scopeCache);
    const files: Record<string, KeptFile> = await this.app(cache, base, signal);
    const kept: KeptTour[] = [];
    for (const id of tours) {
      const entry = release.tours.find((tour) => tour.id === id);
      if (!entry?.take_along) continue;
      const list = (await (await get(this.at(base, entry.take_along), signal)).json()) as TakeAlong;
      const paths: string[] = [];
      for (const { path, sha256, bytes, type } of list.files) {
        const address = this.path(this.at(base, path));
        files[address] = { sha256, bytes, type };
        paths.push(address);
      }
      kept.push({ id, title: entry.title, bytes: list.bytes, paths });
    }
    await this.fetchAll(cache, files, tell, signal);
    await lasting;
    const index: KeptIndex = { format: 1, release: release.id, tours: kept, files };
    await this.settle(index);
    return index;
  }

  /** Remove one tour; the last one takes everything with it. */
  async remove(tour: string): Promise<KeptIndex | null> {
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
    const index = await this.index();
    if (index) await this.sweep(index);
    else {
      await caches.delete(this.scopeCache);
      await (await navigator.serviceWorker.getRegistration(this.scope))?.unregister();
    }
  }

  private get scopeCache(): string {
    return cacheName(this.scope);
  }

  private at(base: string, path: string): string {
    return new URL(base + path, this.scope).href;
  }

  private path(url: string): string {
    return decodeURI(url.slice(this.scope.length));
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

  /** The page and the application: fetched anew, so that they belong to the release. Raises KeepError 'changed'. */
  private async app(cache: Cache, base: string, signal: AbortSignal): Promise<Record<string, KeptFile>> {
    const answer = await get(this.scope, signal, true);
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, 'text/html');
    const meta = (name: string) => page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
    if (meta('heritage-kept')) throw new KeepError('failed'); // by our own worker: there is no network
    if ((meta('heritage-base') ?? base) !== base) throw new KeepError('changed');
    const files: Record<string, KeptFile> = {};
    const list = meta('heritage-app');
    if (!list) throw new KeepError('changed');
    files[''] = await this.put(
      cache,
      new TextEncoder().encode(text).buffer,
      'text/html; charset=utf-8',
      answer.headers,
    );
    const app = (await (await get(new URL(list, this.scope).href, signal)).json()) as (KeptFile & {
      path: string;
    })[];
    for (const { path, ...file } of app) files[path] = file;
    // What the server has added to the page: the style sheet of its words.
    for (const link of page.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"], link[rel="icon"]')) {
      const url = new URL(link.getAttribute('href') ?? '', this.scope).href;
      if (!url.startsWith(this.scope) || this.path(url) in files) continue;
      const got = await get(url, signal);
      const type = got.headers.get('content-type') ?? '';
      files[this.path(url)] = await this.put(cache, await got.arrayBuffer(), type, got.headers);
    }
    return files;
  }

  private async put(
    cache: Cache,
    bytes: ArrayBuffer,
    type: string,
    given: Headers,
    promised?: string,
  ): Promise<KeptFile> {
    const digest = await sha256(bytes);
    if (promised !== undefined && digest !== promised) throw new KeepError('changed');
    const headers = new Headers({ 'Content-Type': type, 'Content-Length': String(bytes.byteLength) });
    for (const name of HEADERS) {
      const value = given.get(name);
      if (value !== null) headers.set(name, value);
    }
    headers.set('Accept-Ranges', 'bytes');
    await cache.put(fileKey(this.scope, digest), new Response(bytes, { headers }));
    return { sha256: digest, bytes: bytes.byteLength, type };
  }

  private async fetchAll(
    cache: Cache,
    files: Record<string, KeptFile>,
    tell: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const here = new Set((await cache.keys()).map((request) => request.url));
    const wanted = new Map<string, [string, KeptFile]>();
    for (const [path, file] of Object.entries(files)) {
      if (!here.has(fileKey(this.scope, file.sha256))) wanted.set(file.sha256, [path, file]);
    }
    const total = [...wanted.values()].reduce((sum, [, file]) => sum + file.bytes, 0);
    const free = await this.free();
    if (free !== null && total > free) throw new KeepError('short', total, free);
    let done = 0;
    tell({ done, total });
    const queue = [...wanted.values()];
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [path, file] = next;
        const url = new URL(encodeURI(path), this.scope).href;
        const answer = await get(url, both);
        try {
          await this.put(cache, await answer.arrayBuffer(), file.type, answer.headers, file.sha256);
        } catch (error) {
          if (both.aborted || error instanceof KeepError) throw error;
          const quota = error instanceof DOMException && error.name === 'QuotaExceededError';
          throw quota
            ? new KeepError('short', total - done, (await this.free()) ?? 0)
            : new KeepError('failed');
        }
        done += file.bytes;
        tell({ done, total });
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } catch (error) {
      stop.abort();
      throw error;
    }
  }

  /** Make `index` what is kept: one write, after which the old release is gone as a whole. */
  private async settle(index: KeptIndex): Promise<void> {
    const cache = await caches.open(this.scopeCache);
    await cache.put(indexKey(this.scope), Response.json(index));
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
