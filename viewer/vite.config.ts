import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { catalogues } from './scripts/catalogues.ts';
import { licences } from './scripts/licences.ts';
import { offline } from './scripts/offline.ts';
import { fewShaders } from './scripts/shaders.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Shaders travel as text, which no minifier shortens: without their comments and indents they are half as long. */
export function shortShaders(): Plugin {
  const short = (shader: string) => shader.replace(/\/\/[^\n`]*/g, '').replace(/\s*\n\s*/g, '\n');
  return {
    name: 'short-shaders',
    enforce: 'pre',
    apply: 'build',
    transform: (code, id) =>
      /\/src\/(scene|first)\//.test(id)
        ? { code: code.replace(/(?<=\/\* glsl \*\/ )`[^`]*`/g, short), map: null }
        : null,
  };
}

/** Icons travel as text, too: without their comments, names and line breaks. Their licence is in `licences.txt`. */
export function shortIcons(): Plugin {
  const short = (svg: string) =>
    svg
      .replace(/<!--.*?-->/gs, '')
      .replace(/\sclass="[^"]*"/g, '')
      .replace(/\s+/g, ' ')
      .replace(/ ?(\/?>) ?/g, '$1')
      .trim();
  return {
    name: 'short-icons',
    enforce: 'pre',
    load: (id) => {
      if (!/lucide-static\/icons\/.*\.svg\?raw$/.test(id)) return null;
      const svg = readFileSync(id.replace(/\?raw$/, ''), 'utf8');
      return { code: `export default ${JSON.stringify(short(svg))}`, moduleType: 'js' };
    },
  };
}

export default defineConfig({
  plugins: [catalogues(), shortIcons(), shortShaders(), fewShaders(), licences(), offline()],
  base: './',
  // Not served under a name of its own: releases bring their own files.
  publicDir: process.env.VITEST ? false : here('./tests/fixture/site'),
  server: { host: '127.0.0.1', port: 5173, strictPort: true, fs: { allow: [here('..')] } },
  build: {
    outDir: here('../heritage/web/dist'),
    emptyOutDir: true,
    copyPublicDir: false,
    assetsInlineLimit: 0, // the content security policy allows no data: fonts
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // The scene's library changes seldom; a file of its own stays in the visitor's cache. The decoder is wanted
        // by the first picture, long before the library.
        codeSplitting: {
          groups: [
            { name: 'decoder', test: /meshopt_decoder/, priority: 2 },
            { name: 'three', test: /node_modules\/three\//, priority: 1 },
          ],
        },
      },
    },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
});
