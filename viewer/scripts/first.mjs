// When the first picture of a monument of a published site is there, beside a bare page of three with the same tile:
// node scripts/first.mjs FOLDER MONUMENT [RUNS]
// One JSON: for each page and line, milliseconds from the start of navigation to the first draw of 1,000 or more vertices
// read back, bytes that had come by then, and bytes of scripts among them. Medians; a new browser profile for each run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { launch } from './browser.mjs';

const [copy, monument, runs = '5'] = process.argv.slice(2);
if (!copy || !monument) throw new Error('usage: node scripts/first.mjs FOLDER MONUMENT [RUNS]');
const VIEWER = dirname(dirname(fileURLToPath(import.meta.url)));
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB' };
// A phone of the middle class on a mobile network.
const LINES = { free: null, throttled: { cpu: 4, bytes_s: 9e6 / 8, latency_ms: 60 } };

/** The newest survey's root tile. */
function rootTile() {
  const page = readFileSync(join(copy, 'index.html'), 'utf8');
  const base = join(copy, /name="heritage-base" content="([^"]+)"/.exec(page)[1]);
  const release = JSON.parse(readFileSync(join(base, 'release.json'), 'utf8'));
  const { epochs } = release.monuments.find((m) => m.id === monument);
  const newest = epochs.toSorted((a, b) => (a.captured ?? '').localeCompare(b.captured ?? '')).at(-1);
  const tileset = join(base, newest.tileset);
  const { root } = JSON.parse(readFileSync(tileset, 'utf8'));
  return readFileSync(join(dirname(tileset), root.content.uri));
}

/** The peer: nothing but three, its loader and the tile. */
const BARE = `
import { Box3, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
const renderer = new WebGLRenderer();
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
loader.load('tile.glb', ({ scene: tile }) => {
  const scene = new Scene().add(tile);
  const box = new Box3().setFromObject(tile);
  const [size, middle] = [box.getSize(new Vector3()).length(), box.getCenter(new Vector3())];
  const camera = new PerspectiveCamera(45, innerWidth / innerHeight, size / 100, size * 10);
  camera.position.copy(middle).add(new Vector3(0, size / 4, size * 1.5));
  camera.lookAt(middle);
  renderer.render(scene, camera);
});
`;
function writePeer(tile) {
  const folder = mkdtempSync(join(VIEWER, '.bare-')); // inside, so that node_modules are found
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'main.js'), BARE);
  writeFileSync(
    join(folder, 'src', 'index.html'),
    '<!doctype html><body><script type="module" src="./main.js"></script>',
  );
  const out = join(folder, 'out');
  const options = {
    configFile: false,
    root: join(folder, 'src'),
    base: './',
    logLevel: 'error',
    build: { outDir: out },
  };
  return build(options).then(() => {
    writeFileSync(join(out, 'tile.glb'), tile);
    return folder;
  });
}

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};
/** A host of static files like any other: what is text travels packed. */
async function serve(folder) {
  const packed = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const text = /text|json|svg/.test(type);
    if (!packed.has(file)) packed.set(file, text ? gzipSync(readFileSync(file)) : readFileSync(file));
    response.writeHead(200, { 'Content-Type': type, ...(text ? { 'Content-Encoding': 'gzip' } : {}) });
    response.end(packed.get(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

/** In the page: tell when a picture of something is in the canvas, and not only asked for. */
function watch() {
  const LEAST = 1000;
  for (const name of ['drawElements', 'drawArrays']) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...given) {
      draw.apply(this, given);
      const count = name === 'drawElements' ? given[1] : given[2];
      if (count < LEAST || window.firstPicture) return;
      this.readPixels(0, 0, 1, 1, this.RGBA, this.UNSIGNED_BYTE, new Uint8Array(4));
      window.firstPicture = performance.now();
      window.tellFirstPicture(window.firstPicture);
    };
  }
}

async function measure(url, line) {
  const browser = await launch();
  try {
    const page = await (await browser.newContext(PHONE)).newPage();
    const session = await page.context().newCDPSession(page);
    const got = { bytes: 0, scripts: 0 };
    const scripts = new Set();
    await session.send('Network.enable');
    session.on('Network.responseReceived', ({ requestId, type, response }) => {
      got.bytes += response.encodedDataLength;
      if (type === 'Script') scripts.add(requestId);
    });
    session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
      got.bytes += encodedDataLength;
      if (scripts.has(requestId)) got.scripts += encodedDataLength;
    });
    if (line) {
      await session.send('Emulation.setCPUThrottlingRate', { rate: line.cpu });
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: line.latency_ms,
        downloadThroughput: line.bytes_s,
        uploadThroughput: line.bytes_s,
      });
    }
    let tell = () => {};
    const told = new Promise((resolve) => {
      tell = (ms) => resolve({ ms, ...got });
    });
    await page.exposeFunction('tellFirstPicture', (ms) => tell(ms));
    await page.addInitScript(watch);
    await page.goto(url, { waitUntil: 'commit' });
    const late = new Promise((_, reject) =>
      setTimeout(() => reject(new Error(`${url}: no picture`)), 60_000),
    );
    return await Promise.race([told, late]);
  } finally {
    await browser.close();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const peer = await writePeer(rootTile());
process.on('exit', () => rmSync(peer, { recursive: true }));
const [own, bare] = [await serve(copy), await serve(join(peer, 'out'))];
const pages = { ours: `${own.address}?lang=en#/m/${monument}`, three: bare.address };
const result = {};
for (const [name, line] of Object.entries(LINES)) {
  const all = Object.fromEntries(Object.keys(pages).map((page) => [page, []]));
  // In turn, so that what else the machine does meets all alike.
  for (let run = 0; run < Number(runs); run++)
    for (const [page, url] of Object.entries(pages)) all[page].push(await measure(url, line));
  for (const [page, seen] of Object.entries(all)) {
    const middle = (key) => Math.round(median(seen.map((s) => s[key])));
    result[page] ??= {};
    result[page][name] = { ms: middle('ms'), bytes: middle('bytes'), scripts: middle('scripts') };
  }
}
own.server.close();
bare.server.close();
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
