import { describe, expect, test } from 'vitest'
import { BoundsCheck } from '../src/json-bounds.js'
import type { Excess, JsonBounds } from '../src/json-bounds.js'

const BOUNDS = { depthMax: 10, keysMax: 10, elementsMax: 10 }

/** Looks at the text whole, then cut into pieces of every length: both must find the same. */
function check(text: string, bounds: Partial<JsonBounds>): Excess | undefined {
  const bytes = Buffer.from(text)
  const whole = new BoundsCheck({ ...BOUNDS, ...bounds }).push(bytes)
  for (let length = 1; length < bytes.length; length += 1) {
    const pieces = new BoundsCheck({ ...BOUNDS, ...bounds })
    let excess: Excess | undefined
    for (let at = 0; at < bytes.length && excess === undefined; at += length) {
      excess = pieces.push(bytes.subarray(at, at + length))
    }
    expect(excess).toEqual(whole)
  }
  return whole
}

describe('BoundsCheck.push()', () => {
  test.each([
    ['[[]]', 1, true],
    ['[[]]', 2, false],
    ['{"a":{"b":[]}}', 2, true],
    ['[[],[],[]]', 2, false],
    ['["[[[["]', 1, false],
    [String.raw`["\"[[[", []]`, 1, true],
    [String.raw`["\\", []]`, 1, true],
    [String.raw`["\\\"[", 1]`, 1, false],
    [String.raw`["Grüße \u005b \\\\[", 1]`, 1, false],
    ['["[[[', 1, false],
    ['', 0, false],
  ])('%j with %i levels is too deep: %j', (text, depthMax, isTooMuch) => {
    const enough = isTooMuch ? `at most ${depthMax} nested levels` : undefined
    expect(check(text, { depthMax })?.enough).toBe(enough)
  })

  test.each([
    ['{"a":1,"b":2}', false],
    ['{"a":1,"b":2,"c":3}', true],
    ['[{"a":1,"b":2},{"c":3,"d":4}]', false],
    ['{"a":{"b":1,"c":2},"d":{"e":1,"f":2}}', false],
    ['{"a":{"b":1},"c":2,"d":3}', true],
    ['{"a":[1,2,3,4]}', false],
    ['{"a:b:c:d":1}', false],
    [']]]:::', true],
  ])('%j with 2 keys in an object has too many: %j', (text, isTooMuch) => {
    const enough = isTooMuch ? 'at most 2 keys in an object' : undefined
    expect(check(text, { keysMax: 2 })?.enough).toBe(enough)
  })

  test.each([
    ['[1,2]', false],
    ['[1,2,3]', true],
    ['[[1,2],[3,4]]', false],
    ['[[1,2,3]]', true],
    ['{"a":[{"b":1,"c":2,"d":3}]}', false],
    ['{"a":[[1],2],"b":[3,4],"c":5}', false],
    ['{"a":[[1],[2],3]}', true],
    ['["a,b,c,d"]', false],
    ['1,2,3,4', false],
  ])('%j with 2 elements in an array has too many: %j', (text, isTooMuch) => {
    const enough = isTooMuch ? 'at most 2 elements in an array' : undefined
    expect(check(text, { elementsMax: 2 })?.enough).toBe(enough)
  })

  test.each([
    ['[{},{}]', false],
    ['[{},{},{}]', true],
    ['[{"params":[1,2,3]},{}]', false],
    ['{"params":[1,2,3]}', false],
  ])('%j with 2 calls in a batch has too many: %j', (text, isTooMuch) => {
    const enough = isTooMuch ? 'at most 2 calls in a batch' : undefined
    expect(check(text, { callsMax: 2 })?.enough).toBe(enough)
  })

  test.each([
    ['{"id":7,"params":{"a":[1],"b":[1,2,3]}}', '{"id":7,"params":{"a":[1],"b":[]}}'],
    ['{"ü":[{"a":[[1,2,3]]}]}', '{"ü":[{"a":[[]]}]}'],
    ['[1,2,3]', '[]'],
  ])('%j is %j up to what is too much', (text, head) => {
    const { headBytes, headEnd } = check(text, { elementsMax: 2 })!
    expect(Buffer.from(text).subarray(0, headBytes).toString() + headEnd).toBe(head)
  })
})
