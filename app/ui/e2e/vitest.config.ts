// The end-to-end tests: one browser, one organisation of two live nodes and a relay, flow after flow.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    bail: 0,
    reporters: ['default'],
  },
});
