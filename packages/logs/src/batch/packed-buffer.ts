// The open batch: bytes of lines end to end, and a table with one row a region. No object per line.
// Both halves are ArrayBuffers that are transferred to the writer and come back to the pool.
//
// Every region ends with "\n": the batcher adds one to a piece that has none, so that the writer can walk
// all text the same way. What was really there is in the row's flags.
import { LIMITS } from '../model/limits.js'
import { add } from './counters.js'
import type { Tally } from './counters.js'

/** Columns of a row of the region table. Numbers below 2^53 in a Float64Array. */
export const ROW = {
  key: 0,
  /** Bit field, see {@link FLAG}; stream in bits 0-1, part in bits 2-3. */
  flags: 1,
  run: 2,
  ts: 3,
  offset: 4,
  /** Bytes of text including line ends; fields follow behind it. */
  length: 5,
  lines: 6,
  firstSeq: 7,
  firstN: 8,
  partSeq: 9,
  fieldsLength: 10,
  /** The level number, or -1: to be found in the text. */
  level: 11,
} as const
export const ROW_WIDTH: number = 12
/** What a region takes in the table, however little text it has. */
export const ROW_BYTES: number = ROW_WIDTH * 8

/** Bits of a row's flags beside stream and part. */
export const FLAG = {
  unterminated: 16,
  /** One entry, whatever line ends its text holds. */
  record: 32,
  gap: 64,
  /** One entry that stands for as many lines as the row says. */
  repeat: 128,
} as const

/** What one row describes. */
export interface Region {
  readonly key: number
  readonly flags: number
  readonly run: number
  readonly ts: number
  readonly lines: number
  readonly firstSeq: number
  readonly firstN: number
  readonly partSeq: number
  readonly level: number
}

/** What a buffer holds of one key. */
export interface BufferTally extends Tally {
  rows: number
}

/** A fixed-size buffer of regions. */
export class PackedBuffer {
  readonly bytes: Buffer
  readonly table: Float64Array
  length: number = 0
  rows: number = 0
  lines: number = 0
  /** By key id: stays here when the buffers are with the writer. */
  readonly tally: Map<number, BufferTally> = new Map()

  constructor(
    bytes: ArrayBuffer = new ArrayBuffer(LIMITS.bufferBytes),
    table: ArrayBuffer = new ArrayBuffer(LIMITS.bufferRegionsMax * ROW_BYTES),
  ) {
    this.bytes = Buffer.from(bytes)
    this.table = new Float64Array(table)
  }

  /** True if a region of `size` bytes (and one line end) fits. */
  fits(size: number): boolean {
    return this.rows < LIMITS.bufferRegionsMax && this.length + size + 1 <= this.bytes.length
  }

  /** Copies a region of text, with a line end added when `addLineEnd`, and its fields behind it. */
  append(
    region: Region,
    source: Uint8Array,
    start: number,
    end: number,
    addLineEnd: boolean,
    fields?: Uint8Array,
  ): void {
    const { bytes, table } = this
    const offset = this.length
    bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), offset)
    let length = end - start
    if (addLineEnd) bytes[offset + length++] = 10
    if (fields) bytes.set(fields, offset + length)
    const row = this.rows * ROW_WIDTH
    table[row + ROW.key] = region.key
    table[row + ROW.flags] = region.flags
    table[row + ROW.run] = region.run
    table[row + ROW.ts] = region.ts
    table[row + ROW.offset] = offset
    table[row + ROW.length] = length
    table[row + ROW.lines] = region.lines
    table[row + ROW.firstSeq] = region.firstSeq
    table[row + ROW.firstN] = region.firstN
    table[row + ROW.partSeq] = region.partSeq
    table[row + ROW.fieldsLength] = fields?.length ?? 0
    table[row + ROW.level] = region.level
    this.length = offset + length + (fields?.length ?? 0)
    this.rows++
    this.lines += region.lines
    const size = end - start + (fields?.length ?? 0)
    let tally = this.tally.get(region.key)
    if (!tally) this.tally.set(region.key, (tally = { lines: 0, bytes: 0, rows: 0 }))
    add(tally, region.lines, size)
    tally.rows++
  }
}

/** Bytes of a row as they are counted: what the producer gave, without a line end that was added. */
export function regionBytes(table: Float64Array, row: number): number {
  const flags = table[row + ROW.flags]!
  const added = flags & (FLAG.record | FLAG.unterminated) ? 1 : 0
  return table[row + ROW.length]! - added + table[row + ROW.fieldsLength]!
}
