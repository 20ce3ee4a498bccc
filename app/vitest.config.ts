// The unit tests of kit and ui: in Node, with a document where a test asks for one.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['kit/src/**/*.test.{ts,tsx}', 'ui/src/**/*.test.{ts,tsx}'], environment: 'happy-dom' },
});
