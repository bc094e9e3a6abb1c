// One test project a package. Tests run against the built packages (`dist`), as users do: worker threads
// are real files there. A package's own tests may import its pure modules from `src`.
import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const names = readdirSync(new URL('packages', import.meta.url), { withFileTypes: true })
  .filter((item) => item.isDirectory())
  .map((item) => item.name)

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: names.map((name) => ({
      extends: true as const,
      test: { name, include: [`packages/${name}/test/**/*.test.ts`] },
    })),
  },
})
