// Print pages to PDF as a browser does: node scripts/print.mjs FOLDER PATH [PATH ...] into DIR. The folder is served first.

import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { launch } from './browser.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};
const [folder, into, ...paths] = process.argv.slice(2);
if (!folder || !into || paths.length === 0) {
  process.stderr.write('usage: node scripts/print.mjs FOLDER INTO PATH [PATH ...]\n');
  process.exit(2);
}
const server = createServer(async (request, response) => {
  try {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(await readFile(join(folder, path)));
  } catch {
    response.statusCode = 404;
    response.end();
  }
}).listen(0, '127.0.0.1');
await mkdir(into, { recursive: true });
const browser = await launch();
const page = await browser.newPage();
for (const path of paths) {
  await page.goto(`http://127.0.0.1:${server.address().port}/${path}`, { waitUntil: 'networkidle' });
  // Pictures farther down load only when they come into view, and paper has no view.
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = 'eager';
    await Promise.all([...document.images].map((image) => image.decode()));
  });
  const file = join(into, `${path.replaceAll('/', '-').replace(/\.html$/, '')}.pdf`);
  await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
  process.stdout.write(`${file}\n`);
}
await browser.close();
server.close();
