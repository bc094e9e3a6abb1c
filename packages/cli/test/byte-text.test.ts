// Bytes that are not valid UTF-8, against Node's own decoder.
import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { showBytes } from '../src/byte-text.js'

describe('showBytes()', () => {
  test.each([
    ['61ff62', String.raw`a\xffb`],
    ['c3a4', 'ä'],
    ['c3', String.raw`\xc3`],
    ['c328', String.raw`\xc3(`],
    ['c080', String.raw`\xc0\x80`],
    ['eda080', String.raw`\xed\xa0\x80`],
    ['e08080', String.raw`\xe0\x80\x80`],
    ['f4908080', String.raw`\xf4\x90\x80\x80`],
    ['f09f8e89', '🎉'],
    ['f09f8e', String.raw`\xf0\x9f\x8e`],
    ['9b33316d', String.raw`\x9b31m`],
    ['', ''],
  ])('shows %s', (hex, expected) => {
    expect(showBytes(Buffer.from(hex, 'hex'))).toBe(expected)
  })

  test('decodes what is valid and shows the rest, losing no byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const buffer = Buffer.from(bytes)
        if (isUtf8(buffer)) expect(showBytes(bytes)).toBe(buffer.toString())
        else if (!buffer.includes('\\')) expect(restored(showBytes(bytes))).toEqual(buffer)
      }),
      { numRuns: 10_000 },
    )
  })
})

function restored(text: string): Buffer {
  return Buffer.concat(
    text
      .split(/(\\x[0-9a-f]{2})/)
      .map((piece, i) => (i % 2 === 1 ? Buffer.from(piece.slice(2), 'hex') : Buffer.from(piece))),
  )
}
