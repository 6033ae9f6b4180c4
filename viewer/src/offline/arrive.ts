/** What is taken along arrives: fetched, held to its digest, and put into the browser's store under it. */
import { fileKey, type KeptFile, PAST_WORKER } from './kept.ts';
import { KeepError } from './problem.ts';

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

/** Where it goes: the site's address, ending in a slash, and its store. */
export interface Shelf {
  scope: string;
  cache: Cache;
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** An answer with all of its body. Raises KeepError, and what `signal` raises. */
async function get(url: string, signal: AbortSignal, fresh = false): Promise<Response> {
  try {
    const answer = await fetch(`${url}${PAST_WORKER}`, { signal, cache: fresh ? 'no-store' : 'default' });
    if (!answer.ok) throw new KeepError(answer.status === 404 ? 'changed' : 'failed');
    return new Response(await answer.arrayBuffer(), { headers: answer.headers });
  } catch (error) {
    if (signal.aborted || error instanceof KeepError) throw error;
    throw new KeepError('failed');
  }
}

/** A document. Raises KeepError, and what `signal` raises. */
export async function getJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const answer = await get(url, signal);
  return answer.json().catch(() => {
    throw new KeepError('failed');
  });
}

/** Put something into the store. `need` is what has still to go there. Raises KeepError. */
export async function store(cache: Cache, key: string, answer: Response, need: number): Promise<void> {
  try {
    await cache.put(key, answer);
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw full ? new KeepError('short', need, (await freeBytes()) ?? 0) : new KeepError('failed');
  }
}

/** An address below the site's as its files are named. */
export const pathOf = (scope: string, url: string): string => decodeURI(url.slice(scope.length));

/** Bytes that this site may still keep; null where the browser does not say. */
export async function freeBytes(): Promise<number | null> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined ? null : Math.max(0, quota - (usage ?? 0));
}

/** The page and the application: fetched anew, so that they belong to the release. Raises KeepError 'changed'. */
export async function application(
  shelf: Shelf,
  base: string,
  signal: AbortSignal,
): Promise<Record<string, KeptFile>> {
  const { scope } = shelf;
  const answer = await get(scope, signal, true);
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, 'text/html');
  const meta = (name: string) => page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
  if (meta('heritage-kept')) throw new KeepError('failed'); // by our own worker: there is no network
  if ((meta('heritage-base') ?? base) !== base) throw new KeepError('changed');
  const files: Record<string, KeptFile> = {};
  const list = meta('heritage-app');
  if (!list) throw new KeepError('changed');
  files[''] = await put(
    shelf,
    new TextEncoder().encode(text).buffer,
    'text/html; charset=utf-8',
    answer.headers,
  );
  const app = await getJson<(KeptFile & { path: string })[]>(new URL(list, scope).href, signal);
  for (const { path, ...file } of app) files[path] = file;
  // What the server has added to the page: the style sheet of its words.
  for (const link of page.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"], link[rel="icon"]')) {
    const url = new URL(link.getAttribute('href') ?? '', scope).href;
    if (!url.startsWith(scope) || pathOf(scope, url) in files) continue;
    const got = await get(url, signal);
    const type = got.headers.get('content-type') ?? '';
    files[pathOf(scope, url)] = await put(shelf, await got.arrayBuffer(), type, got.headers);
  }
  return files;
}

async function put(
  { scope, cache }: Shelf,
  bytes: ArrayBuffer,
  type: string,
  given: Headers,
  promised?: string,
  need = bytes.byteLength,
): Promise<KeptFile> {
  const digest = await sha256(bytes);
  if (promised !== undefined && digest !== promised) throw new KeepError('changed');
  const headers = new Headers({ 'Content-Type': type, 'Content-Length': String(bytes.byteLength) });
  for (const name of HEADERS) {
    const value = given.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set('Accept-Ranges', 'bytes');
  await store(cache, fileKey(scope, digest), new Response(bytes, { headers }), need);
  return { sha256: digest, bytes: bytes.byteLength, type };
}

/** Fetch those of `files` that are not there. Raises KeepError, and what `signal` raises. */
export async function fetchAll(
  shelf: Shelf,
  files: Record<string, KeptFile>,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { scope, cache } = shelf;
  const here = new Set((await cache.keys()).map((request) => request.url));
  const wanted = new Map<string, [string, KeptFile]>();
  for (const [path, file] of Object.entries(files)) {
    if (!here.has(fileKey(scope, file.sha256))) wanted.set(file.sha256, [path, file]);
  }
  const total = [...wanted.values()].reduce((sum, [, file]) => sum + file.bytes, 0);
  const free = await freeBytes();
  if (free !== null && total > free) throw new KeepError('short', total, free);
  let done = 0;
  tell({ done, total });
  const queue = [...wanted.values()];
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [path, file] = next;
      const url = new URL(encodeURI(path), scope).href;
      const answer = await get(url, both);
      await put(shelf, await answer.arrayBuffer(), file.type, answer.headers, file.sha256, total - done);
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
