// Photographs every screen into a folder that git ignores, to be looked at: `npm run screenshots`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['photographs.ts'], environment: 'node', testTimeout: 600_000, hookTimeout: 180_000 },
});
