import { expect, test } from 'vitest'
import { SseParser } from '../src/sse-parser.js'

const TEXT =
  ':hello\n\nid: 1\ndata: a\ndata: b\n\nevent: gap\r\nid: 2\r\ndata:{}\r\n\r\ndata\rid: 3\r\rid: 4\n\n'
const EVENTS = [
  { id: '1', event: 'message', data: 'a\nb' },
  { id: '2', event: 'gap', data: '{}' },
  { id: '3', event: 'message', data: '' },
]

test('SseParser.push() gives the same events wherever the text is cut', () => {
  for (let first = 0; first <= TEXT.length; first += 1) {
    for (const second of [first, first + 1, first + 2]) {
      const parser = new SseParser()
      const pieces = [TEXT.slice(0, first), TEXT.slice(first, second), TEXT.slice(second)]
      expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(EVENTS)
    }
  }
})

test('SseParser.push() refuses an event without end', () => {
  const parser = new SseParser()
  const piece = 'x'.repeat(33_554_432)
  parser.push(piece)
  expect(() => parser.push('data')).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Expected events of at most 33554432 characters, got more]`,
  )
})
