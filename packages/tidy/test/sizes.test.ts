import { expect, test } from 'vitest'
import { checkSizes } from '../src/sizes.js'
import { createTree, readTree } from '../src/tree.js'

function lines(count: number): string {
  return 'x\n'.repeat(count)
}

test('every file of this repository keeps its size', () => {
  expect(checkSizes(readTree())).toEqual([])
})

test('checkSizes() lets files up to the limit through', () => {
  expect(
    checkSizes(
      createTree({
        'packages/logs/src/a.ts': lines(400),
        'packages/logs/test/a.test.ts': lines(800),
        'bench/a.mjs': lines(400),
        'packages/sdk/src/generated/service.ts': lines(900),
        'docs/a.md': lines(700),
        'docs/reference/errors.md': lines(2000),
        'CHANGELOG.md': lines(2000),
      }),
    ),
  ).toEqual([])
})

test.each([
  ['packages/logs/src/a.ts', 400, 'A source file'],
  ['packages/logs/test/a.test.ts', 800, 'A test file'],
  ['packages/logs/test/fixtures/child.mjs', 800, 'A test file'],
  ['bench/a.mjs', 400, 'A source file'],
  ['docs/a.md', 700, 'A page'],
  ['README.md', 700, 'A page'],
])('checkSizes() finds %s above %i lines', (path, limit, what) => {
  expect(checkSizes(createTree({ [path]: lines(limit + 1) }))).toEqual([
    `${path}:${limit + 1}: ${what} has at most ${limit} lines, got ${limit + 1}`,
  ])
})

test.each([
  [
    "// All.\nexport * from './a.js'",
    'packages/a/src/index.ts:2: Expected named exports, got `export *`',
  ],
  [
    "// All.\n\nexport type * as a from './a.js'",
    'packages/a/src/index.ts:3: Expected named exports, got `export *`',
  ],
  [
    '// One.\nexport default 1',
    'packages/a/src/index.ts:1: Expected named exports, got a default export',
  ],
])('checkSizes() finds an index that holds more than named exports: %j', (text, finding) => {
  expect(checkSizes(createTree({ 'packages/a/src/index.ts': text }))).toEqual([finding])
})

test('checkSizes() finds an index below src', () => {
  expect(
    checkSizes(createTree({ 'packages/a/src/b/index.ts': "export { c } from './c.js'" })),
  ).toEqual([
    'packages/a/src/b/index.ts:1: Only src/index.ts gathers exports; import the file itself',
  ])
})
