import { expect, test } from 'vitest'
import { checkMirror } from '../src/mirror.js'
import { createTree, readTree } from '../src/tree.js'

test('every test of this repository mirrors its source', () => {
  expect(checkMirror(readTree())).toEqual([])
})

test('checkMirror() wants the same path, a place in test/e2e, or a named exception', () => {
  const tree = createTree({
    'packages/logs/src/batch/log-batcher.ts': '',
    'packages/logs/test/batch/log-batcher.test.ts': '',
    'packages/logs/test/e2e/kill.test.ts': '',
    'packages/logs/test/log-batcher.test.ts': '',
    'packages/logs/test/batch/gone.test.ts': '',
    'packages/logs/test/surface.test.ts': '',
  })
  expect(checkMirror(tree, ['packages/logs/test/surface.test.ts'])).toEqual([
    'packages/logs/test/log-batcher.test.ts:1: Expected packages/logs/src/log-batcher.ts; tests of no single file go to test/e2e',
    'packages/logs/test/batch/gone.test.ts:1: Expected packages/logs/src/batch/gone.ts; tests of no single file go to test/e2e',
  ])
})
