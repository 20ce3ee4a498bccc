// The real window of the app, driven once: `npm run e2e:window`. Apart from the other end-to-end tests, since it needs the app.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['window.ts'], environment: 'node', testTimeout: 120_000, hookTimeout: 180_000, reporters: ['default'] },
});
