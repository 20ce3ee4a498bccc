// The unit tests of kit, ui and the relay's console: in Node, with a document where a test asks for one.
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const interfaces = ['app/kit', 'app/ui', 'relay/console'];

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: { include: interfaces.map((folder) => `${folder}/src/**/*.test.{ts,tsx}`), environment: 'happy-dom' },
});
