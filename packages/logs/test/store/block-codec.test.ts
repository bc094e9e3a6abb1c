// Blocks: arbitrary rows come back bit for bit, damage is an error and never a wrong line.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockRows } from '../../src/store/block-rows.js'
import { decodeBlock, decodeColumns, encodeBlock } from '../../src/store/block-codec.js'

interface Line {
  readonly source: number
  readonly gapBefore: number
  readonly ts: number
  readonly run: number
  readonly level: number
  readonly kind: number
  readonly partOffset: number
  readonly text: Uint8Array
  readonly fields: string | undefined
}

const line: fc.Arbitrary<Line> = fc.record({
  source: fc.integer({ min: 1, max: 4 }),
  gapBefore: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
  ts: fc.integer({ min: 0, max: 2 ** 52 - 1 }),
  run: fc.nat(),
  level: fc.nat(9),
  kind: fc.nat(1023),
  partOffset: fc.oneof(fc.constant(0), fc.nat(1)),
  text: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.from('a\nb'))),
  fields: fc.option(fc.json(), { nil: undefined }),
})
const lines = fc.array(line, { minLength: 1, maxLength: 60 })

function rowsOf(given: readonly Line[], firstSeq: number): BlockRows {
  const rows = new BlockRows(given.length, 16)
  const lastN = new Map<number, number>()
  let seq = firstSeq
  for (const { source, gapBefore, ts, run, level, kind, partOffset, text, fields } of given) {
    const at = rows.count
    seq += 1 + gapBefore
    const n = (lastN.get(source) ?? source * 1000) + 1 + gapBefore
    lastN.set(source, n)
    rows.seq[at] = seq
    rows.n[at] = n
    rows.ts[at] = ts
    rows.run[at] = run
    rows.level[at] = level
    rows.kind[at] = kind
    rows.source[at] = source
    rows.partSeq[at] = seq - partOffset
    const bytes = Buffer.concat([text, Buffer.from(fields ?? '')])
    rows.push(bytes, 0, text.length, text.length, bytes.length)
  }
  return rows
}

function linesOf(rows: BlockRows): unknown[] {
  return Array.from({ length: rows.count }, (_, i) => ({
    seq: rows.seq[i],
    n: rows.n[i],
    ts: rows.ts[i],
    run: rows.run[i],
    level: rows.level[i],
    kind: rows.kind[i],
    source: rows.source[i],
    partSeq: rows.partSeq[i],
    text: rows.text.subarray(rows.textStart[i], rows.textStart[i + 1]! - 1).toString('hex'),
    fields: rows.fields.subarray(rows.fieldsStart[i], rows.fieldsStart[i + 1]).toString('hex'),
  }))
}

test.each([
  { pack: true, lengths: false },
  { pack: false, lengths: true },
  { pack: false, lengths: false },
])('decodeBlock() gives back every row: %o', (options) => {
  fc.assert(
    fc.property(lines, fc.nat(2 ** 50), (given, firstSeq) => {
      const rows = rowsOf(given, firstSeq)
      const data = encodeBlock(rows, options)
      expect(linesOf(decodeBlock(data))).toEqual(linesOf(rows))
    }),
  )
})

test('decodeColumns() unpacks text only when asked', () => {
  const rows = rowsOf(fc.sample(lines, 1)[0]!, 5)
  const { rows: columns, unpackText } = decodeColumns(
    encodeBlock(rows, { pack: true, lengths: false }),
  )
  expect([...columns.seq.subarray(0, columns.count)]).toEqual([...rows.seq.subarray(0, rows.count)])
  expect(columns.text.length).toBe(0)
  unpackText()
  expect(linesOf(columns)).toEqual(linesOf(rows))
})

test('lengths are left out where no line holds a line end, and only there', () => {
  const [one] = fc.sample(line, 1)
  const bytesOf = (text: string, lengths: boolean): number => {
    const given = Array.from({ length: 50 }, (_, i) => ({ ...one!, text: Buffer.from(text + i) }))
    return encodeBlock(rowsOf(given, 1), { pack: false, lengths }).length
  }
  expect(bytesOf('ab', false)).toBeLessThan(bytesOf('ab', true) - 40)
  expect(bytesOf('a\nb', false)).toBe(bytesOf('a\nb', true))
})

test('decodeColumns() refuses a text with another number of lines', () => {
  const rows = rowsOf([{ ...fc.sample(line, 1)[0]!, text: Buffer.from('ab') }], 1)
  const data = encodeBlock(rows, { pack: false, lengths: false })
  const more = Buffer.from(data)
  more[data.lastIndexOf('ab')] = 10
  expect(() => decodeBlock(more)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Expected 1 lines in a block, got more]`,
  )
})

test('decodeBlock() refuses truncated blocks', () => {
  const data = encodeBlock(rowsOf(fc.sample(lines, 1)[0]!, 5), { pack: true, lengths: false })
  for (let length = 0; length < data.length; length++) {
    expect(() => decodeBlock(data.subarray(0, length))).toThrow()
  }
})

test('decodeBlock() refuses a block of more sources than it says', () => {
  const block =
    'AQAzMwAXFwAODgNkgID5wMHEggMCAQIAAegHtxcBAQIBAQIJAgcoAQAAAgEJAwQBAjACAAABAwARAQAOAP/+AAoKdHdvCmluIG9uZSByZWNvcmQKeyB1c2VyIjoiYW5uIn0='
  expect(() => decodeBlock(Buffer.from(block, 'base64'))).toThrow('Expected 2 sources in a block')
})

test('decodeBlock() refuses another version', () => {
  const data = encodeBlock(rowsOf(fc.sample(lines, 1)[0]!, 5), { pack: false, lengths: true })
  data[0] = 9
  expect(() => decodeBlock(data)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Expected a block of version 1, got 9]`,
  )
})

interface Vector {
  readonly name: string
  readonly packed: boolean
  readonly lengths: boolean
  readonly block: string
  readonly lines: readonly Record<string, unknown>[]
}

// The format that docs/reference/block-format.md describes: what was written once stays readable.
const vectors = JSON.parse(
  readFileSync(new URL('block-vectors.json', import.meta.url), 'utf8'),
) as Vector[]

test.each(vectors)('block vector: $name', ({ packed, lengths, block, lines: expected }) => {
  const data = Buffer.from(block, 'hex')
  const rows = decodeBlock(data)
  const decoded = Array.from({ length: rows.count }, (_, i) => {
    const text = rows.text.subarray(rows.textStart[i], rows.textStart[i + 1]! - 1)
    const fields = rows.fields.subarray(rows.fieldsStart[i], rows.fieldsStart[i + 1])
    return {
      seq: rows.seq[i],
      n: rows.n[i],
      ts: rows.ts[i],
      run: rows.run[i],
      source: rows.source[i],
      level: rows.level[i],
      kind: rows.kind[i],
      part_seq: rows.partSeq[i],
      ...('text_hex' in expected[i]!
        ? { text_hex: text.toString('hex') }
        : { text: text.toString() }),
      fields: fields.toString(),
    }
  })
  expect(decoded).toEqual(expected)
  // Another version of Brotli may pack the same bytes otherwise.
  if (!packed) expect(encodeBlock(rows, { pack: false, lengths }).toString('hex')).toBe(block)
})
