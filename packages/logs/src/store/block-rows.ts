// The lines of one block as columns in memory: filled by the writer, encoded by the codec, and what the
// codec gives back to readers. Text is end to end, each line followed by one "\n" of the block's own.
import { LIMITS } from '../model/limits.js'
import { ORIGINS, PARTS, STREAMS } from '../model/entry.js'
import type { Origin, Part, Stream } from '../model/entry.js'

/** Bits of the kind column: stream 0-1, part 2-3, origin 4-7, then these. */
export const KIND = { unterminated: 256, gap: 512, repeat: 1024 } as const

/** Packs what rarely changes from line to line into one column. */
export function kindOf(streamAndPart: number, origin: number, bits: number): number {
  return streamAndPart | (origin << 4) | bits
}

export function streamOf(kind: number): Stream {
  return STREAMS[kind & 3]!
}

export function partOf(kind: number): Part {
  return PARTS[(kind >> 2) & 3]!
}

export function originOf(kind: number): Origin {
  return ORIGINS[(kind >> 4) & 15]!
}

const COLUMNS = 10

export class BlockRows {
  readonly seq: Float64Array
  readonly n: Float64Array
  /** Microseconds since the epoch. */
  readonly ts: Float64Array
  readonly run: Float64Array
  readonly partSeq: Float64Array
  readonly level: Float64Array
  readonly kind: Float64Array
  readonly source: Float64Array
  /** Where a line's text begins; its end is the next one's begin less one line end. */
  readonly textStart: Float64Array
  readonly fieldsStart: Float64Array
  text: Buffer
  fields: Buffer
  count: number = 0
  textLength: number = 0
  fieldsLength: number = 0
  /** False when a line holds a line end of its own: then the lines cannot be told apart in the text. */
  isCutByLineEnds: boolean = true
  /** When the block counts as full. */
  linesMax: number
  bytesMax: number = LIMITS.blockBytesMax

  constructor(capacity: number = LIMITS.blockLinesMax, textBytes: number = LIMITS.blockRoomBytes) {
    const bytes = new ArrayBuffer(COLUMNS * (capacity + 1) * 8)
    let taken = 0
    const column = (): Float64Array => {
      return new Float64Array(bytes, taken++ * (capacity + 1) * 8, capacity + 1)
    }
    this.linesMax = capacity
    this.seq = column()
    this.n = column()
    this.ts = column()
    this.run = column()
    this.partSeq = column()
    this.level = column()
    this.kind = column()
    this.source = column()
    this.textStart = column()
    this.fieldsStart = column()
    this.text = Buffer.allocUnsafeSlow(textBytes)
    this.fields = Buffer.alloc(0)
  }

  get full(): boolean {
    return this.count >= this.linesMax || this.textLength + this.fieldsLength >= this.bytesMax
  }

  clear(): void {
    this.count = 0
    this.textLength = 0
    this.fieldsLength = 0
    this.isCutByLineEnds = true
  }

  /** Appends the text of line `count` and closes the line; its columns are set by the caller before. */
  push(bytes: Buffer, start: number, end: number, fieldsStart: number, fieldsEnd: number): void {
    const length = end - start
    const lineEnd = bytes.indexOf(10, start)
    if (lineEnd >= 0 && lineEnd < end) this.isCutByLineEnds = false
    this.text = room(this.text, this.textLength, length + 1)
    bytes.copy(this.text, this.textLength, start, end)
    this.text[this.textLength + length] = 10
    this.textLength += length + 1
    if (fieldsEnd > fieldsStart) {
      this.fields = room(this.fields, this.fieldsLength, fieldsEnd - fieldsStart)
      bytes.copy(this.fields, this.fieldsLength, fieldsStart, fieldsEnd)
      this.fieldsLength += fieldsEnd - fieldsStart
    }
    this.count++
    this.textStart[this.count] = this.textLength
    this.fieldsStart[this.count] = this.fieldsLength
  }

  /** Appends the text of all lines up to `count`, line ends included; their columns are set before. */
  pushText(bytes: Buffer, start: number, end: number, count: number): void {
    this.text = room(this.text, this.textLength, end - start)
    bytes.copy(this.text, this.textLength, start, end)
    this.textLength += end - start
    this.count = count
  }

  /** Appends line `i` of another block. */
  pushFrom(other: BlockRows, i: number): void {
    const at = this.count
    this.seq[at] = other.seq[i]!
    this.n[at] = other.n[i]!
    this.ts[at] = other.ts[i]!
    this.run[at] = other.run[i]!
    this.partSeq[at] = other.partSeq[i]!
    this.level[at] = other.level[i]!
    this.kind[at] = other.kind[i]!
    this.source[at] = other.source[i]!
    this.push(other.text, other.textStart[i]!, other.textStart[i + 1]! - 1, 0, 0)
    const from = other.fieldsStart[i]!
    const to = other.fieldsStart[i + 1]!
    if (to === from) return
    this.fields = room(this.fields, this.fieldsLength, to - from)
    other.fields.copy(this.fields, this.fieldsLength, from, to)
    this.fieldsLength += to - from
    this.fieldsStart[this.count] = this.fieldsLength
  }
}

function room(buffer: Buffer, used: number, size: number): Buffer {
  if (used + size <= buffer.length) return buffer
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, used + size))
  buffer.copy(larger, 0, 0, used)
  return larger
}
