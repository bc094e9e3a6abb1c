import { defineConfig } from 'vitest/config'

/**
 * Tests run against the built packages (`dist`), as users do: worker threads are real files there.
 * Pure modules may be imported from `src` by their own package's tests.
 */
const names = ['logs', 'capture', 'rpc', 'proc', 'proc-logs', 'cli', 'tidy']

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: names.map((name) => ({
      extends: true as const,
      test: { name, include: [`packages/${name}/test/**/*.test.ts`] },
    })),
  },
})
