// The lint rules of the web interface: TypeScript's strict set, and React's rules of hooks.
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { words } from './eslint.words.js';

const markup = { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Text stays text.' };

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/schema.d.ts', 'ui/screenshots/**', '**/eslint.*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: ['./tsconfig.json', '../relay/console/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // Markup is never made from text: a name that holds a script stays a name.
      'no-restricted-properties': ['error', { property: 'dangerouslySetInnerHTML' }, { property: 'innerHTML' }],
      'no-restricted-syntax': ['error', markup, ...words],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  // What tests draw nobody reads.
  { files: ['**/*.test.tsx'], rules: { 'no-restricted-syntax': ['error', markup] } },
);
