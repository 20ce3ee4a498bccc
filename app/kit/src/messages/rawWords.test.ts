// Words that stand in the code are found by lint, and what only looks like words is left alone.
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';
import { words } from '../../../eslint.words.js';

const found = (jsx: string) =>
  new Linter().verify(`export const drawn = (a: boolean) => ${jsx};`, [{ files: ['**/*.tsx'], languageOptions: { parser: tseslint.parser, parserOptions: { ecmaFeatures: { jsx: true } } }, rules: { 'no-restricted-syntax': ['error', ...words] } }], 'drawn.tsx').map(({ message }) => message);

it.each([
  '<p>Bonjour</p>', '<>Été</>', "<p>{'raw words'}</p>", '<p>{`raw ${1}`}</p>', "<p>{a && 'raw words'}</p>", "<p>{a ? 'oui' : null}</p>",
  '<input placeholder="Votre nom" />', "<b title={'Fermer'} />", "<b aria-label={a ? 'Open' : undefined} />", '<b label={`${1} rows`} />', '<img alt="Un chat" />',
])('%s has words of its own', (jsx) => expect(found(jsx)).toHaveLength(1));

it.each([
  '<b title="Ctrl+Enter">CSV</b>', '<b title="Alt+←" />', '<i placeholder="COMPTOIR-JOIN-…" />', '<Kbd>Esc</Kbd>', '<Code>comptoir-node open</Code>', '<p>{1} · → x</p>',
  "<b aria-label={words.text('action.close')} role=\"list box\" className=\"wide one\" />", "<p>{words.text(a ? 'action.close' : 'action.cancel')}</p>",
])('%s has none', (jsx) => expect(found(jsx)).toEqual([]));
