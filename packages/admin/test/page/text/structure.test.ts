// JSON and logfmt, found and laid out.
import { expect, test } from 'vitest'
import {
  mayHaveStructure,
  parseStructure,
  structureRows,
} from '../../../src/page/text/structure.js'

test.each([
  ['{"a":1,"b":{"c":"x"}}', { a: 1, b: { c: 'x' } }],
  ['level=warn msg="too \\"slow\\"" ms=12', { level: 'warn', msg: 'too "slow"', ms: '12' }],
  ['{not json', undefined],
  ['a=1', undefined],
  ['plain words', undefined],
])('parseStructure(%j)', (text, structure) => {
  expect(parseStructure(text)).toEqual(structure)
})

test('mayHaveStructure() is true for all that has one', () => {
  expect(['{"a":1}', 'x=1 y=2', 'at 5 user=ann id=7'].map(mayHaveStructure)).toEqual([
    true,
    true,
    true,
  ])
  expect(mayHaveStructure('plain words')).toBe(false)
})

test('structureRows() goes down the levels, and ends', () => {
  expect(structureRows({ a: { b: [1, 'x'] }, c: null })).toEqual([
    { depth: 0, key: 'a', kind: 'branch' },
    { depth: 1, key: 'b', kind: 'branch' },
    { depth: 2, key: '0', value: '1', kind: 'number' },
    { depth: 2, key: '1', value: 'x', kind: 'string' },
    { depth: 0, key: 'c', value: 'null', kind: 'other' },
  ])
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index]))
  expect(structureRows(many)).toHaveLength(501)
})
