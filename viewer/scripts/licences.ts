/** The licences of everything that ships in the bundle, as one file beside it: their terms ask for it. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const SHIPPED = [
  'three',
  '3d-tiles-renderer',
  'lit',
  'lit-html',
  'lit-element',
  '@lit/reactive-element',
  'lucide-static',
  '@fontsource/be-vietnam-pro',
  '@fontsource-variable/noto-serif-display',
];

function chapter(name: string): string {
  const folder = new URL(`../node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Record<
    string,
    string
  >;
  const text = readFileSync(new URL('LICENSE', folder), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      // A package that is bundled but not listed would ship without its terms.
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const id of file.moduleIds) {
          const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(id)?.[1];
          if (name && !SHIPPED.includes(name))
            this.error(`${name} is bundled; add it to scripts/licences.ts`);
        }
      }
      const rule = `\n${'-'.repeat(80)}\n\n`;
      this.emitFile({
        type: 'asset',
        fileName: 'assets/licences.txt',
        source: SHIPPED.map(chapter).join(rule),
      });
    },
  };
}
