import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitPoint, unfinishedCharacter } from '../src/utf8.js'

const decoder = new TextDecoder('utf-8', { fatal: true })

function isValid(bytes: Buffer): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

test('splitPoint() splits valid text between characters, as far as it can', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(text, fc.nat(100), (input, place) => {
      const bytes = Buffer.from(input)
      const end = place % bytes.length
      const at = splitPoint(bytes, 0, end)
      expect(end - at).toBeLessThanOrEqual(3)
      expect(isValid(bytes.subarray(0, at))).toBe(true)
      expect(isValid(bytes.subarray(at))).toBe(true)
      for (let later = at + 1; later <= end; later += 1) {
        expect(isValid(bytes.subarray(0, later))).toBe(false)
      }
    }),
    { numRuns: 5000 },
  )
})

test('unfinishedCharacter() finds exactly what more bytes could complete', () => {
  const tail = fc.array(
    fc.constantFrom(
      0x41,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    ),
    { maxLength: 4 },
  )
  // Together these complete every beginning of a character.
  const endings = [[0x80], [0xa0], [0x90]].flatMap((first) => [
    first,
    [...first, 0x80],
    [...first, 0x80, 0x80],
  ])
  fc.assert(
    fc.property(tail, (list) => {
      const bytes = Buffer.from(list)
      const at = unfinishedCharacter(bytes, 0, bytes.length)
      const canComplete = (from: number): boolean =>
        endings.some((ending) => {
          const whole = Buffer.concat([bytes.subarray(from), Buffer.from(ending)])
          return isValid(whole) && Array.from(whole.toString()).length === 1
        })
      const places = [...bytes.keys()].filter((from) => canComplete(from))
      expect(at).toBe(places[0] ?? bytes.length)
    }),
    { numRuns: 5000 },
  )
})

test('splitPoint() splits bytes that are no text at the end', () => {
  expect(splitPoint(Buffer.from([0x41, 0xe2, 0x82, 0x41]), 0, 3)).toBe(3)
  expect(splitPoint(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80]), 0, 4)).toBe(4)
  expect(splitPoint(Buffer.from([0xed, 0xa0, 0x80]), 0, 2)).toBe(2)
})
