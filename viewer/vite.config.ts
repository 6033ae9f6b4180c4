import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
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
        // The scene's library changes seldom; a file of its own stays in the visitor's cache.
        codeSplitting: { groups: [{ name: 'three', test: /node_modules\/three\// }] },
      },
    },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
});
