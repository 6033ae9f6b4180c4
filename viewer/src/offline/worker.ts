/**
 * The service worker: answers from what was taken along. It keeps nothing by itself, and asks the network first for the
 * page and for tilesets, which a visitor with a connection wants whole and new; all else that is kept never changes.
 */
import {
  cacheName,
  fileKey,
  KEPT_MARK,
  type KeptIndex,
  PAST_WORKER,
  pruned,
  rangeOf,
  readIndex,
} from './kept.ts';

interface Worker {
  registration: { scope: string };
  clients: { claim: () => Promise<void> };
  skipWaiting: () => Promise<void>;
  addEventListener: (type: string, listener: (event: never) => void) => void;
}
interface Waiting {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Fetched {
  request: Request;
  respondWith: (answer: Promise<Response>) => void;
}

const PATIENCE_MS = 4000; // a network that takes longer than this for a small document is as good as none
const RETRY_MS = 20_000; // how long it is taken for gone

const worker = self as unknown as Worker;
const { scope } = worker.registration;
let index: Promise<KeptIndex | null> | null = null;
let goneUntil = 0;

const kept = (): Promise<KeptIndex | null> => {
  index ??= readIndex(scope).catch(() => null);
  return index;
};

/** The network's answer, or null where there is none soon. An error of the server is an answer. */
async function online(request: Request): Promise<Response | null> {
  const page = request.mode === 'navigate';
  // The page always tries; what it then needs does not wait once more for a network that was not there.
  if (!page && Date.now() < goneUntil) return null;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { status, headers, body } = await fetch(page ? request.url : request, {
      signal,
      cache: 'no-cache',
    });
    // To its end: what breaks off on the way is as good as none, and what is kept is whole.
    const whole = body && (await new Response(body).arrayBuffer());
    goneUntil = 0;
    return new Response(whole, { status, headers });
  } catch {
    goneUntil = Date.now() + RETRY_MS;
    return null;
  }
}

async function stored(found: KeptIndex, path: string): Promise<Response | undefined> {
  const file = found.files[path];
  return file && (await (await caches.open(cacheName(scope))).match(fileKey(scope, file.sha256)));
}

/** A part of a recording: players ask for it by range. */
async function part(whole: Response, header: string | null): Promise<Response> {
  if (header === null) return whole;
  const bytes = await whole.arrayBuffer();
  const headers = new Headers(whole.headers);
  const range = rangeOf(header, bytes.byteLength);
  if (range === null) return new Response(bytes, { headers });
  if (range === 'none') {
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${bytes.byteLength}` } });
  }
  const [first, last] = range;
  headers.set('Content-Range', `bytes ${first}-${last}/${bytes.byteLength}`);
  headers.set('Content-Length', String(last - first + 1));
  return new Response(bytes.slice(first, last + 1), { status: 206, headers });
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const found = await kept();
  let path = decodeURI(url.href.slice(scope.length)).split(/[?#]/)[0]!;
  if (request.mode === 'navigate' && path === 'index.html') path = '';
  if (!found || !(path in found.files)) return await fetch(request);
  if (path === '') {
    const fresh = await online(request);
    if (fresh) return fresh;
    const page = await stored(found, path);
    if (!page) return await fetch(request);
    const text = (await page.text()).replace(/<head>/i, `$&${KEPT_MARK}`);
    return new Response(text, { headers: page.headers });
  }
  if (path.endsWith('/tileset.json')) {
    const whole = await online(request);
    if (whole) return whole;
    const tileset = await stored(found, path);
    if (!tileset) return await fetch(request);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const has = (uri: string) => `${folder}${uri}` in found.files;
    return Response.json(pruned(await tileset.json(), has), { headers: { 'Cache-Control': 'no-store' } });
  }
  const file = await stored(found, path);
  return file ? await part(file, request.headers.get('Range')) : await fetch(request);
}

worker.addEventListener('install', (event: Waiting) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event: Waiting) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', () => {
  index = null; // something was taken along or removed
});
worker.addEventListener('fetch', (event: Fetched) => {
  const { request } = event;
  if (request.url.endsWith(PAST_WORKER)) return;
  if (request.method === 'GET' && request.url.startsWith(scope)) event.respondWith(answer(request));
});
