/** @type {import('jest').Config} */
export default {
  preset: 'ts-jest/presets/default-esm',
  testEnvironment: 'node',
  testMatch: ['**/__tests__/**/*.test.ts'],
  // Sources import each other as `./x.js`, which is what Node sees after a build; here they are still `./x.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  // The end-to-end tests mostly wait for processes, so more of them than there are cores is faster.
  maxWorkers: 4,
  // Longer than the harness waits for a process (60 s), which says more about what hangs than Jest does.
  testTimeout: 120_000,
}
