// How the interface is built: one start bundle, screens that are seldom seen in chunks of their own, no inline scripts.
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
