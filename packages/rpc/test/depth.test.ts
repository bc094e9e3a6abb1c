import { expect, test } from 'vitest'
import { isDeeperThan } from '../src/depth.js'

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
])('isDeeperThan(%j, %i) is %j', (text, depthMax, deeper) => {
  expect(isDeeperThan(text, depthMax)).toBe(deeper)
})
