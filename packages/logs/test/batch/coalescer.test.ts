// Folding repeats: expanded again, the output is the input, however it was cut into intakes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Coalescer } from '../../src/batch/coalescer.js'
import type { Intake } from '../../src/batch/intake.js'
import { FLAG } from '../../src/batch/packed-buffer.js'

function intake(text: string, more: Partial<Intake> = {}): Intake {
  const bytes = Buffer.from(text)
  const lines = text.split('\n').length - 1
  const base = { bytes, start: 0, end: bytes.length, lines, flags: 1, run: 1, ts: 0 }
  return { ...base, addLineEnd: false, partSeq: 0, level: -1, ...more }
}

/** What an intake stands for, as text, and how many lines it says it has. */
function expand(folded: Intake): { text: string; lines: number } {
  const text = Buffer.from(folded.bytes.subarray(folded.start, folded.end)).toString()
  if ((folded.flags & FLAG.repeat) === 0) return { text, lines: folded.lines }
  const { count } = JSON.parse(Buffer.from(folded.fields!).toString()) as { count: number }
  expect(count).toBe(folded.lines)
  return { text: `${text}\n`.repeat(count), lines: count }
}

test('fold() loses nothing and keeps the order', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', '', 'aa'), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 8 }), (chunks) => {
      const coalescer = new Coalescer()
      const texts = chunks.map((chunk) => chunk.map((line) => `${line}\n`).join(''))
      const folded = texts.flatMap((text) => [...coalescer.fold(intake(text))].map(expand))
      folded.push(...[...coalescer.take()].map(expand))
      expect(folded.map(({ text }) => text).join('')).toBe(texts.join(''))
      expect(folded.reduce((sum, one) => sum + one.lines, 0)).toBe(chunks.flat().length)
      expect(coalescer.waits).toBe(false)
    }),
  )
})

test('fold() makes one entry of repeats, with count, first and last time', () => {
  const coalescer = new Coalescer()
  expect([...coalescer.fold(intake('a\n', { ts: 1 }))].map(expand)).toEqual([
    { text: 'a\n', lines: 1 },
  ])
  expect([...coalescer.fold(intake('a\na\n', { ts: 2 }))]).toEqual([])
  expect([...coalescer.fold(intake('a\n', { ts: 3 }))]).toEqual([])
  const [repeat, next] = [...coalescer.fold(intake('b\n', { ts: 4 }))]
  expect(JSON.parse(Buffer.from(repeat!.fields!).toString())).toEqual({
    count: 3,
    first_ts: 2,
    last_ts: 3,
  })
  expect(expand(next!)).toEqual({ text: 'b\n', lines: 1 })
})

test('fold() does not join lines of different runs, nor pieces of long lines', () => {
  const coalescer = new Coalescer()
  const all = [
    intake('a\n'),
    intake('a\n', { run: 2 }),
    intake('a', { run: 2, lines: 1, addLineEnd: true, flags: 1 | FLAG.unterminated }),
    intake('a\n', { run: 2 }),
  ]
  const folded = all.flatMap((one) => [...coalescer.fold(one)])
  expect(folded.length).toBe(4)
  expect(coalescer.waits).toBe(false)
})
