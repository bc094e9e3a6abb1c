// Sizes as people write them.
import { expect, test } from 'vitest'
import { parseSize } from '../src/size-spec.js'

test.each([
  ['1048576', 1_048_576],
  ['500M', 524_288_000],
  ['2G', 2_147_483_648],
  ['1.5k', 1_536],
  ['10 MiB', 10_485_760],
  ['0', 0],
])('parseSize(%j) is %d', (text, bytes) => {
  expect(parseSize(text, '--size')).toBe(bytes)
})

test.each(['', 'much', '-1', '5X', '1..2M'])('parseSize(%j) is refused', (text) => {
  expect(() => parseSize(text, '--size')).toThrow('Expected --size to be a size such as 500M')
})
