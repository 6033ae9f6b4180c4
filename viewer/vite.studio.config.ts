/** The studio's two pages, built apart: what curators need must not change a byte of what visitors fetch. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { catalogues } from './scripts/catalogues.ts';
import { licences } from './scripts/licences.ts';
import { shortIcons, shortShaders } from './vite.config.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [catalogues(), shortIcons(), shortShaders(), licences()],
  base: './',
  build: {
    outDir: here('../heritage/web/dist'),
    emptyOutDir: false, // the visitors' build stands there already
    copyPublicDir: false,
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: { page: here('./studio/index.html'), scene: here('./studio/scene.html') },
      // Told by their names: no visitor takes them along, no static copy holds them.
      output: {
        entryFileNames: 'assets/studio-[name]-[hash].js',
        chunkFileNames: 'assets/studio-[name]-[hash].js',
        assetFileNames: 'assets/studio-[name]-[hash][extname]',
        codeSplitting: { groups: [{ name: 'three', test: /node_modules\/three\// }] },
      },
    },
  },
});
