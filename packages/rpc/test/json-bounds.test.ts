import { expect, test } from 'vitest'
import { findExcess } from '../src/json-bounds.js'

test.each([
  ['[[]]', 1, true],
  ['[[]]', 2, false],
  ['{"a":{"b":[]}}', 2, true],
  ['[[],[],[]]', 2, false],
  ['["[[[["]', 1, false],
  [String.raw`["\"[[[", []]`, 1, true],
  [String.raw`["\\", []]`, 1, true],
  [String.raw`["\\\"[", 1]`, 1, false],
  ['["[[[', 1, false],
  ['', 0, false],
])('findExcess(%j) with %i levels finds too many: %j', (text, depthMax, isTooMuch) => {
  const words = isTooMuch ? `at most ${depthMax} nested levels` : undefined
  expect(findExcess(text, { depthMax, keysMax: 10 })).toBe(words)
})

test.each([
  ['{"a":1,"b":2}', false],
  ['{"a":1,"b":2,"c":3}', true],
  ['[{"a":1,"b":2},{"c":3,"d":4}]', false],
  ['{"a":{"b":1,"c":2},"d":{"e":1,"f":2}}', false],
  ['{"a":{"b":1},"c":2,"d":3}', true],
  ['{"a:b:c:d":1}', false],
  [']]]:::', true],
])('findExcess(%j) with 2 keys in an object finds too many: %j', (text, isTooMuch) => {
  const words = isTooMuch ? 'at most 2 keys in an object' : undefined
  expect(findExcess(text, { depthMax: 10, keysMax: 2 })).toBe(words)
})
