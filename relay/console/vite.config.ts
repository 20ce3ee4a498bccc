// How the console's pages are built: as the node's are, everything from one place and no inline scripts.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // Colours are said for both themes at once (light-dark), which the minifier must leave as they are.
    cssTarget: ['chrome125', 'firefox125', 'safari18'],
    chunkSizeWarningLimit: 1200,
  },
});
