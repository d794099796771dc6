import eslint from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Forbids a folder of src what is not below it: imports go one way, main → report → sync → stores → databricks, secrets. */
function layer(folder, forbidden) {
  return {
    files: [`${folder}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden }] }] },
  }
}

const RUNNER = ['@actions/core', '@actions/github']

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.cache/'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      // Numbers print as themselves; anything else in a template is a bug (or a secret).
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  layer('src/databricks', [
    ...RUNNER,
    '**/secrets/**',
    '**/stores/*',
    '**/sync/*',
    '**/report/*',
    '**/inputs/**',
  ]),
  layer('src/secrets', [
    ...RUNNER,
    '**/databricks/**',
    '**/stores/*',
    '**/sync/*',
    '**/report/*',
    '**/inputs/**',
  ]),
  layer('src/stores', [...RUNNER, '**/sync/*', '**/report/*', '**/inputs/**']),
  layer('src/sync', [...RUNNER, '**/report/*', '**/inputs/**']),
  layer('src/consumers', [...RUNNER, '**/report/*', '**/inputs/**']),
  layer('emulator', ['**/src/**', '**/__tests__/**', '**/contract/**']),
  layer('contract', ['**/src/**']),
  {
    // They load the data of all languages and the measuring of Node itself: every run would wait for it.
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', { property: 'toLocaleString' }],
      'no-restricted-globals': ['error', 'Intl', 'performance'],
    },
  },
  {
    // Only masks and the API call that writes a secret may read a value, and only authentication a credential.
    files: ['src/**/*.ts'],
    ignores: [
      'src/secrets/values-in-keys.ts',
      'src/secrets/masks/parts-in-names.ts',
      'src/secrets/masks/redactor.ts',
      'src/secrets/masks/runner-masks.ts',
      'src/secrets/masks/value-forms.ts',
      'src/stores/scope-store.ts',
      'src/databricks/catalog-secrets-api.ts',
      'src/databricks/auth/bearer-header.ts',
      'src/databricks/auth/token-endpoint.ts',
      'src/databricks/auth/token-claims.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', 'MemberExpression[property.name="reveal"]'] },
  },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
)
