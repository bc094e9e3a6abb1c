// Entries as producers send them: what is none is said to be that, and not repeated at length.
import { expect, test } from 'vitest'
import { readRecord } from '../src/record.js'

test('readRecord() repeats little of a bad time', () => {
  const ts = 'x'.repeat(1_000_000)
  expect(() => readRecord({ text: 'a', ts })).toThrow(/^Expected ts in RFC 3339.{0,200}…$/)
})

test.each([
  ['a number', 5, '5'],
  ['null', null, 'null'],
  ['a list', [1, 2], '[1,2]'],
  ['a long text', 'x'.repeat(1_000), `"${'x'.repeat(99)}…`],
])('readRecord() refuses %s', (_, entry, got) => {
  const message = `Expected an entry to be an object, got ${got}`
  expect(() => readRecord(entry)).toThrow(new TypeError(message))
})
