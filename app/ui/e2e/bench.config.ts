// Measures the interface at 100,000 parties, or, with `CONSOLE` set, the console's list of sites: `npm run bench`, by hand, on a machine that
// does nothing else. Prints, and judges by medians what is
// promised; no part of `make test`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { include: [process.env.CONSOLE ? 'bench-console.ts' : 'bench.ts'], environment: 'node', testTimeout: 900_000, hookTimeout: 900_000 },
});
