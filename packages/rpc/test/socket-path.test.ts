import { expect, test } from 'vitest'
import { checkSocketPath } from '../src/socket-path.js'

test('checkSocketPath() takes 107 bytes and refuses 108', () => {
  expect(checkSocketPath('/'.padEnd(107, 'x'))).toHaveLength(107)
  expect(() => checkSocketPath('/'.padEnd(108, 'x'))).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Expected a socket path of at most 107 bytes, got 108: /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]`,
  )
  expect(() => checkSocketPath('/'.padEnd(100, 'ä'))).toThrow(RangeError)
})
