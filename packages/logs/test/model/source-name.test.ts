// Which source names are taken, and what is said about the others.
import { expect, test } from 'vitest'
import { checkSourceName } from '../../src/model/source-name.js'

test.each(['web', 'hero_db.1', 'a', 'größe', '日本', 'app:worker', 'x'.repeat(255), 'two words'])(
  'checkSourceName() takes %j',
  (name) => {
    expect(checkSourceName(name)).toBe(name)
  },
)

test.each([
  ['', 'is empty'],
  ['x'.repeat(300), 'is 300 bytes long, expected at most 255'],
  ['日'.repeat(86), 'is 258 bytes long, expected at most 255'],
  ['.', 'is a path, not a name'],
  ['..', 'is a path, not a name'],
  ['a/b', 'holds "/" or "*"'],
  ['../etc', 'holds "/" or "*"'],
  ['web*', 'holds "/" or "*"'],
  ['a\nb', 'holds a control character'],
  ['a\u0000', 'holds a control character'],
  ['a\u001b[31m', 'holds a control character'],
  ['a\u202eb', 'holds a control character'],
  ['\ud800', 'holds a lone surrogate'],
  [' web', 'begins or ends with a blank'],
])('checkSourceName() refuses %j: %s', (name, reason) => {
  expect(() => checkSourceName(name)).toThrow(reason)
  expect(() => checkSourceName(name)).toThrow(expect.objectContaining({ code: 'InvalidName' }))
})

test('checkSourceName() refuses what is not a string', () => {
  expect(() => checkSourceName(7 as unknown as string)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Expected a source name (string), got number]`,
  )
})
