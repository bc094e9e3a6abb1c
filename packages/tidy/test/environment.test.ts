import { expect, test } from 'vitest'
import { checkEnvironment } from '../src/environment.js'
import { createTree, readTree } from '../src/tree.js'

test('every variable that this repository reads has a heading', () => {
  expect(checkEnvironment(readTree())).toEqual([])
})

test('a variable without a heading and a heading without a variable are found', () => {
  const tree = createTree({
    'docs/reference/environment.md': '# Environment\n\n## HERO_A\n\n## HERO_OLD\n',
    'packages/cli/src/a.ts': "// env['HERO_SAID']\nconst a = process.env['HERO_A']\n",
    'packages/cli/src/b.ts': 'const b = env.HERO_B\n',
    'packages/cli/src/c.ts':
      "const OPTIONS = {\n  hold_ms: { key: 'holdMs' },\n}\nenv[`HERO_PROC_${name.toUpperCase()}`]",
    'packages/cli/test/d.test.ts': "env['HERO_TEST']",
  })
  expect(checkEnvironment(tree)).toEqual([
    'packages/cli/src/b.ts:1: Expected a heading HERO_B in docs/reference/environment.md',
    'packages/cli/src/c.ts:1: Expected a heading HERO_PROC_HOLD_MS in docs/reference/environment.md',
    'docs/reference/environment.md:1: No source reads HERO_OLD',
  ])
})
