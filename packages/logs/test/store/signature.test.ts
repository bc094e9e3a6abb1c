// Signatures have no false negatives: a block that holds a needle always says so.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildSignature, mayHold, trigramsOf } from '../../src/store/signature.js'

const letters = fc.constantFrom(
  ...Array.from('abcXYZ019 =:/\n\tßéİK€\u{1f600}\ufffd', (letter) => letter),
)
const line = fc.string({ unit: letters, maxLength: 80 })
const text = fc.array(line, { minLength: 1, maxLength: 40 })

/** What a search with smart case finds in a text. */
function holds(whole: string, needle: string): boolean {
  const folds = needle.toLowerCase() === needle
  return (folds ? whole.toLowerCase() : whole).includes(needle)
}

function says(bytes: Buffer, needle: string): boolean {
  const signature = buildSignature(bytes, bytes.length)
  return signature === null || mayHold(signature, trigramsOf([needle]))
}

test('mayHold() is true for every piece of the text, at every offset', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.integer({ min: 1, max: 12 }), (lines, at, length) => {
      const whole = lines.join('\n')
      const start = at % (whole.length + 1)
      const needle = whole.slice(start, start + length)
      expect(says(Buffer.from(whole), needle)).toBe(true)
      expect(says(Buffer.from(whole), needle.toLowerCase())).toBe(true)
    }),
  )
})

test('mayHold() is true whenever a search finds the needle, also in bytes that are no UTF-8', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), line, fc.nat(), (bytes, needle, at) => {
      const offset = at % (bytes.length + 1)
      const mixed = Buffer.concat([
        bytes.slice(0, offset),
        Buffer.from(needle),
        bytes.slice(offset),
      ])
      if (holds(mixed.toString(), needle)) expect(says(mixed, needle)).toBe(true)
    }),
  )
})

test('buildSignature() refuses texts with letters whose lower case is ASCII, and no others exist', () => {
  for (let code = 128; code < 0x11_0000; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const letter = String.fromCodePoint(code)
    const folds = /[\0-\x7f]/.test(letter.toLowerCase())
    if (!folds && code !== 0x130 && code !== 0x212a) continue
    const bytes = Buffer.from(`a${letter}b`)
    expect(buildSignature(bytes, bytes.length), `U+${code.toString(16)}`).toBeNull()
    expect(folds, `U+${code.toString(16)}`).toBe(true)
  }
})

test('buildSignature() looks at no byte behind the length', () => {
  const bytes = Buffer.from('abcdefgh-needle')
  const short = buildSignature(bytes, 8)!
  expect(mayHold(short, trigramsOf(['needle']))).toBe(false)
  expect(mayHold(buildSignature(bytes, 15)!, trigramsOf(['needle']))).toBe(true)
})

test('mayHold() is false for most needles that are not there', () => {
  const lines = Array.from({ length: 4000 }, (_, i) => `worker ${i % 7} took request ${i * 7919}`)
  const bytes = Buffer.from(lines.join('\n'))
  const signature = buildSignature(bytes, bytes.length)!
  const needles = Array.from({ length: 500 }, (_, i) => `zq${(i * 31).toString(36)}xvjwk${i}`)
  const passed = needles.filter((needle) => mayHold(signature, trigramsOf([needle])))
  expect(passed.length).toBeLessThan(25)
  expect(mayHold(signature, trigramsOf(['request']))).toBe(true)
})

test('trigramsOf() gives nothing for needles of less than three ASCII bytes in a row', () => {
  expect(trigramsOf(['ab', 'éaé', '']).length).toBe(0)
  expect(trigramsOf(['abc', 'abcd']).length).toBe(2)
})
