/** What the service worker needs of a build: itself as one file beside the page, and a list of the viewer's own files. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const WORKER = fileURLToPath(new URL('../src/offline/worker.ts', import.meta.url));
const LEFT_OUT = /^(licences\.txt|studio.*|.*\.map)$/; // what no visitor of a tour needs
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const digest = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/**
 * `sw.js`, and `assets/app-<digest>.json` with path, SHA-256, bytes and type of each file, named in the page. Written
 * after the build: only then are the files what visitors get.
 */
export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    async writeBundle({ dir }) {
      if (!dir) throw new Error('offline: the build has no folder');
      const files = readdirSync(join(dir, 'assets'))
        .filter((name) => !LEFT_OUT.test(name))
        .sort()
        .map((name) => {
          const data = readFileSync(join(dir, 'assets', name));
          const type = TYPES[extname(name)];
          if (!type) throw new Error(`offline: ${name} is of no known type`);
          return { path: `assets/${name}`, sha256: digest(data), bytes: data.length, type };
        });
      const list = JSON.stringify(files);
      const name = `assets/app-${digest(list).slice(0, 12)}.json`;
      writeFileSync(join(dir, name), list);
      const page = readFileSync(join(dir, 'index.html'), 'utf8');
      const told = page.replace('</head>', `  <meta name="heritage-app" content="${name}">\n  </head>`);
      if (told === page) throw new Error('offline: the page has no head to name the list in');
      writeFileSync(join(dir, 'index.html'), told);
      // On its own: a service worker that imports the page's files would not start without them.
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        build: {
          outDir: dir,
          emptyOutDir: false,
          target: 'es2022',
          rolldownOptions: { input: WORKER, output: { format: 'iife', entryFileNames: 'sw.js' } },
        },
      });
    },
  };
}
