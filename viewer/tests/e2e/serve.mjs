// Serves the built viewer over the fixture with the content security policy it must run under.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DIST = process.env.HERITAGE_DIST ?? join(HERE, '../../../heritage/web/dist');
const PORT = Number(process.argv[2]);
// One folder for each port: runs side by side must not write into each other's.
const SITE = join(HERE, `../fixture/site-${PORT}`);
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self'",
  "connect-src 'self' blob:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.geojson': 'application/geo+json',
  '.gpkg': 'application/geopackage+sqlite3',
  '.jsonld': 'application/ld+json',
  '.glb': 'model/gltf-binary',
  '.txt': 'text/plain; charset=utf-8',
  '.vtt': 'text/vtt',
  '.wav': 'audio/wav',
};

if (!existsSync(join(DIST, 'index.html')))
  throw new Error('heritage/web/dist: no build; run `npm run build` first');
process.env.HERITAGE_FIXTURE = SITE;
await import('../fixture/make.mjs');
const page = readFileSync(join(DIST, 'index.html'), 'utf8').replace(
  '<!--heritage:head-->',
  '<meta name="heritage-base" content="release/" />',
);

createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
  const head = {
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'max-age=60',
  };
  if (path === '/') {
    response.writeHead(200, { ...head, 'Content-Type': TYPES['.html'] }).end(page);
    return;
  }
  const file = [join(DIST, path), join(SITE, path)].find((f) => existsSync(f) && statSync(f).isFile());
  if (!file) {
    response.writeHead(404, head).end();
    return;
  }
  const { size } = statSync(file);
  // A recording is only sought in where its server knows ranges, as `heritage serve` does.
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = Number(asked?.[1] ?? 0);
  const end = Math.min(Number(asked?.[2] || size - 1), size - 1);
  response.writeHead(asked ? 206 : 200, {
    ...head,
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': end - start + 1,
    'Accept-Ranges': 'bytes',
    ...(asked && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
  });
  createReadStream(file, asked ? { start, end } : {}).pipe(response);
}).listen(PORT, '127.0.0.1');
