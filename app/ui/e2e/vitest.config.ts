// The end-to-end tests: in each file one browser, one organisation of two live nodes and a relay, flow after flow.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['*.e2e.ts'],
    environment: 'node',
    // Each file has an organisation and a browser of its own; half of the time of either is spent waiting.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    bail: 0,
    reporters: ['default'],
  },
});
