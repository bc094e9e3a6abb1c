import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineCutter } from '../src/line-cutter.js'
import { toPiece } from './support.js'
import type { Piece } from './support.js'

/** A chunk to push, or null for `flushPartial`. */
type Step = Buffer | null

/** Cuts, overwriting each chunk afterwards, as the shared buffer does. */
function cut(steps: readonly Step[], lineBytesMax: number): Piece[] {
  const pieces: Piece[] = []
  const cutter = new LineCutter({
    stream: 'stdout',
    lineBytesMax,
    onRegion: (region) => pieces.push(toPiece(region)),
  })
  steps.forEach((step, index) => {
    if (step === null) return cutter.flushPartial(index)
    const chunk = Buffer.from(step)
    cutter.push(chunk, index)
    return chunk.fill(0x21)
  })
  cutter.end(steps.length)
  expect(cutter.restBytes).toBe(0)
  return pieces
}

const show = (pieces: readonly Piece[]): string[] =>
  pieces.map(({ text, lines, part, terminated }) =>
    [JSON.stringify(text.toString('latin1')), lines, part, terminated ? 'end' : 'open'].join(' '),
  )

/** One item a line or piece: whole lines of a region one by one. */
function single(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ text, part, terminated }) => {
    const bytes = text.toString('latin1')
    const lines = part === 'none' && terminated ? bytes.split(/(?<=\n)/) : [bytes]
    return lines.map((line) => `${part} ${terminated} ${JSON.stringify(line)}`)
  })
}

/** The law of regions. */
function expectSound(pieces: readonly Piece[], lineBytesMax: number): void {
  let inLine = false
  for (const { text, lines, part, terminated } of pieces) {
    const bytes = text.toString('latin1')
    const newlines = bytes.split('\n').length - 1
    expect(bytes).not.toBe('')
    expect(bytes.endsWith('\n')).toBe(terminated)
    expect(newlines).toBe(terminated ? lines : 0)
    if (part !== 'none' || !terminated) expect(lines).toBe(1)
    expect(Math.max(...bytes.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
      lineBytesMax,
    )
    expect(part === 'middle' || part === 'last').toBe(inLine)
    inLine = part === 'first' || part === 'middle'
    if (inLine) expect(terminated).toBe(false)
  }
}

function splitAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const inside = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b)
  return [0, ...inside].map((place, index) => bytes.subarray(place, inside[index] ?? bytes.length))
}

const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constant(10) },
  { weight: 2, arbitrary: fc.constantFrom(0, 13, 0x41, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xff) },
  { weight: 4, arbitrary: fc.constantFrom(0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0xf4, 0x90) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 255 }) },
)
const bytes = fc.array(byte, { maxLength: 120 }).map((list) => Buffer.from(list))
const places = fc.array(fc.nat(200), { maxLength: 20 })
const lineBytesMax = fc.integer({ min: 4, max: 24 })
const text = fc
  .array(fc.constantFrom('a', '\n', '\r', '\0', 'é', '€', '😀', 'x'.repeat(9)), { maxLength: 60 })
  .map((list) => Buffer.from(list.join('')))

describe('LineCutter, any input in any chunks', () => {
  test('gives back the bytes, in sound regions', () => {
    fc.assert(
      fc.property(bytes, places, lineBytesMax, (input, at, limit) => {
        const pieces = cut(splitAt(input, at), limit)
        expect(Buffer.concat(pieces.map((piece) => piece.text)).equals(input)).toBe(true)
        expectSound(pieces, limit)
      }),
      { numRuns: 3000 },
    )
  })

  test('cuts the same lines and pieces however the chunks fall', () => {
    fc.assert(
      fc.property(bytes, places, lineBytesMax, (input, at, limit) => {
        expect(single(cut(splitAt(input, at), limit))).toEqual(single(cut([input], limit)))
      }),
      { numRuns: 3000 },
    )
  })

  test('fills pieces up to the last whole character', () => {
    fc.assert(
      fc.property(bytes, places, lineBytesMax, (input, at, limit) => {
        for (const piece of cut(splitAt(input, at), limit)) {
          if (piece.part === 'first' || piece.part === 'middle') {
            expect(piece.text.length).toBeGreaterThan(limit - 4)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('cuts no character of valid text, also when it is flushed in between', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    fc.assert(
      fc.property(
        text,
        places,
        fc.infiniteStream(fc.boolean()),
        lineBytesMax,
        (input, at, flush, limit) => {
          const steps = splitAt(input, at).flatMap((chunk): Step[] =>
            flush.next().value === true ? [chunk, null] : [chunk],
          )
          const pieces = cut(steps, limit)
          expect(Buffer.concat(pieces.map((piece) => piece.text)).equals(input)).toBe(true)
          for (const piece of pieces) decoder.decode(piece.text)
          const ts = pieces.map((piece) => piece.ts)
          expect(ts).toEqual(ts.toSorted((a, b) => a - b))
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('stays sound with flushes at any place of any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.option(bytes)), lineBytesMax, (steps, limit) => {
        const pieces = cut(steps, limit)
        const input = Buffer.concat(steps.filter((step) => step !== null))
        expect(Buffer.concat(pieces.map((piece) => piece.text)).equals(input)).toBe(true)
        const last = pieces.at(-1)
        // A line that was flushed to its last byte has no piece `last`.
        const isOpen = last?.part === 'first' || last?.part === 'middle'
        if (isOpen) expect(last.terminated).toBe(false)
        let inLine = false
        for (const { part } of pieces) {
          expect(part === 'middle' || part === 'last').toBe(inLine)
          inLine = part === 'first' || part === 'middle'
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('LineCutter, case by case', () => {
  const steps = (...list: (string | null)[]): Step[] =>
    list.map((step) => (step === null ? null : Buffer.from(step)))

  test.each<[string, (string | null)[], string[]]>([
    ['whole lines are one region', ['a\n\nbc\n'], ['"a\\n\\nbc\\n" 3 none end']],
    [
      'a rest and the lines after it',
      ['a', 'b\nc\nd'],
      ['"ab\\n" 1 none end', '"c\\n" 1 none end', '"d" 1 none open'],
    ],
    ['nothing comes of nothing', ['', ''], []],
    ['a line of exactly the limit is whole', ['12345678\n'], ['"12345678\\n" 1 none end']],
    [
      'one more byte makes pieces',
      ['a\n123456789\nb\n'],
      ['"a\\n" 1 none end', '"12345678" 1 first open', '"9\\n" 1 last end', '"b\\n" 1 none end'],
    ],
    [
      'a very long line',
      ['12345678123456781\n'],
      ['"12345678" 1 first open', '"12345678" 1 middle open', '"1\\n" 1 last end'],
    ],
    ['a long line without an end', ['123456789'], ['"12345678" 1 first open', '"9" 1 last open']],
    [
      'a flushed prompt and its answer',
      ['name? ', null, 'x\n'],
      ['"name? " 1 first open', '"x\\n" 1 last end'],
    ],
    [
      'a flushed line of which only the end was missing',
      ['ab', null, '\ncd\n'],
      ['"ab" 1 first open', '"\\n" 1 last end', '"cd\\n" 1 none end'],
    ],
    [
      'a line flushed twice, then the end',
      ['a', null, 'b', null],
      ['"a" 1 first open', '"b" 1 middle open'],
    ],
    ['a flush of nothing', ['a\n', null], ['"a\\n" 1 none end']],
  ])('%s', (_name, list, want) => {
    expect(show(cut(steps(...list), 8))).toEqual(want)
  })

  test('a rest grows chunk by chunk up to the limit', () => {
    const line = Buffer.from(Array.from({ length: 4096 }, (_, index) => 32 + (index % 90)))
    const chunks = splitAt(line, [700, 1024, 1025, 3000])
    expect(cut([...chunks, Buffer.from('\n')], 4096)).toEqual([
      expect.objectContaining({ text: Buffer.concat([line, Buffer.from('\n')]), part: 'none' }),
    ])
  })

  test('a flush holds back the beginning of a character', () => {
    const euro = Buffer.from('€')
    const pieces = cut(
      [Buffer.concat([Buffer.from('x'), euro.subarray(0, 2)]), null, euro.subarray(2)],
      8,
    )
    expect(show(pieces)).toEqual(['"x" 1 first open', '"â\x82¬" 1 last open'])
  })

  test('a flush of nothing but the beginning of a character waits', () => {
    const pieces = cut([Buffer.from([0xe2]), null, Buffer.from([0x82]), null], 8)
    expect(show(pieces)).toEqual(['"â\x82" 1 none open'])
  })

  test('whole lines are handed on where they lie', () => {
    const chunk = Buffer.from('a\nb\nc')
    const regions: unknown[] = []
    const cutter = new LineCutter({
      stream: 'stderr',
      lineBytesMax: 8,
      onRegion: (region) => regions.push(region),
    })
    cutter.push(chunk, 7)
    expect(regions).toEqual([
      {
        bytes: chunk,
        start: 0,
        end: 4,
        lines: 2,
        stream: 'stderr',
        ts: 7,
        part: 'none',
        terminated: true,
      },
    ])
    expect((regions[0] as { bytes: Buffer }).bytes).toBe(chunk)
    expect(cutter.restBytes).toBe(1)
  })
})
