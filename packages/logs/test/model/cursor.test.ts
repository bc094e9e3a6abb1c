// Cursors: every seq survives, everything else is refused by name.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from '../../src/model/cursor.js'

const STORE = '0b9c7a52-3a52-4f8e-9f61-0d9a3f1c2b4d'

test('decodeCursor() gives back every seq below 2^53', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (seq) => {
      expect(decodeCursor(STORE, encodeCursor(STORE, seq))).toBe(seq)
    }),
  )
})

test.each([
  ['an empty text', ''],
  ['a text of another kind', 'not a cursor'],
  ['a truncated cursor', encodeCursor(STORE, 7).slice(0, -2)],
  ['a cursor with something behind it', `${encodeCursor(STORE, 7)}AA`],
  ['a seq of 2^53', encodeCursor(STORE, 2 ** 53)],
  ['a number', 7 as unknown as string],
])('decodeCursor() refuses %s', (_, cursor) => {
  expect(() => decodeCursor(STORE, cursor)).toThrowErrorMatchingInlineSnapshot(
    `[LogsError: Expected a cursor as an earlier answer gave it]`,
  )
})

test('decodeCursor() refuses a cursor of another store', () => {
  const foreign = encodeCursor('ffffffff-3a52-4f8e-9f61-0d9a3f1c2b4d', 7)
  expect(() => decodeCursor(STORE, foreign)).toThrowErrorMatchingInlineSnapshot(
    `[LogsError: The cursor belongs to another store]`,
  )
})

test('decodeCursor() refuses another version', () => {
  const bytes = Buffer.from(encodeCursor(STORE, 7), 'base64url')
  bytes[0] = 2
  expect(() => decodeCursor(STORE, bytes.toString('base64url'))).toThrowErrorMatchingInlineSnapshot(
    `[LogsError: Expected a cursor of version 1, got 2]`,
  )
})
