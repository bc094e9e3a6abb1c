// Hits as they are marked: case as hero_proc has it, bounds, patterns that are none.
import { expect, test } from 'vitest'
import { hitFinder } from '../../../src/page/text/search-pattern.js'

test.each([
  [
    'slow',
    false,
    'Slow and slow',
    [
      [0, 4],
      [9, 13],
    ],
  ],
  ['Slow', false, 'Slow and slow', [[0, 4]]],
  ['a.b', false, 'axb a.b', [[4, 7]]],
  [
    'a.b',
    true,
    'axb a.b',
    [
      [0, 3],
      [4, 7],
    ],
  ],
  ['x*', true, 'aaa', []],
] as const)('%j, a pattern: %j, in %j', (text, isRegex, line, hits) => {
  expect(hitFinder({ text, isRegex })?.(line)).toEqual(hits)
})

test('looks for nothing without a text or with a broken pattern', () => {
  expect(hitFinder({ text: '', isRegex: false })).toBeUndefined()
  expect(hitFinder({ text: '(', isRegex: true })).toBeUndefined()
})

test('marks a bounded number of hits', () => {
  expect(hitFinder({ text: 'a', isRegex: false })?.('a'.repeat(10_000))).toHaveLength(200)
})
