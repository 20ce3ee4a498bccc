// Measures the interface at 100,000 parties: `npm run bench`. Prints; judges only what it promises.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['bench.ts'], environment: 'node', testTimeout: 900_000, hookTimeout: 900_000 },
});
