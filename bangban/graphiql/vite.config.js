import { defineConfig } from 'vite';

// Relative addresses, because the API may sit behind a path of a city's gateway.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic' },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    sourcemap: false,
    // The policy of the page allows no data: scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8000,
  },
});
