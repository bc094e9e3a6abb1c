// Blocks on disk: a version byte, the lengths of three sections, then columns, text and fields, each
// compressed by itself so that a reader can choose lines by their columns before it unpacks any text.
//
//   version | 3 x (codec, raw length, stored length) | columns | text | fields
//
// All lengths are varints (LEB128). What was written is what is read, bit for bit.
import { promisify } from 'node:util'
import { brotliCompress, brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { LIMITS } from '../model/limits.js'
import { BlockRows } from './block-rows.js'
import { ByteReader, ByteWriter, unzigzag, writeColumn, writeNoColumn, zigzag } from './columns.js'

export const BLOCK_VERSION = 1
/** How a section is packed. */
export const CODEC = { none: 0, brotli: 1 } as const

/** No section is larger: a full block, one more record, or their fields. */
const SECTION_BYTES_MAX = 2 * (LIMITS.blockBytesMax + LIMITS.recordBytesMax)
/** Sections below this size are stored as they are: packing them costs more than it saves. */
const PACK_BYTES_MIN = 256

const brotliCompressAside = promisify(brotliCompress)

const columns = new ByteWriter()
const head = new ByteWriter(64)
const scratch = new Float64Array(8192)

export interface EncodeOptions {
  /** False stores the sections as they are. */
  readonly pack: boolean
  /** Write the lengths of lines even where they can be had from the text. They cost a byte a line. */
  readonly lengths: boolean
}

/** Encodes the rows of one block. */
export function encodeBlock(rows: BlockRows, options: EncodeOptions): Buffer {
  const pack = options.pack ? packSection : unpacked
  encodeColumns(rows, options.lengths || !rows.isCutByLineEnds)
  const { text, fields } = sectionsOf(rows)
  return joinSections([pack(columns.view()), pack(text), pack(fields)])
}

/**
 * As {@link encodeBlock}, packed, by another thread as far as it takes long: the rows can be used again at
 * once but for their text, which must stay as it is until the promise is settled.
 */
export async function encodeBlockAside(
  rows: BlockRows,
  { lengths }: Pick<EncodeOptions, 'lengths'>,
): Promise<Buffer> {
  encodeColumns(rows, lengths || !rows.isCutByLineEnds)
  const { text, fields } = sectionsOf(rows)
  // Another block's columns may be written before the text is packed.
  const packed = [
    packSection(Buffer.from(columns.view())),
    packSection(Buffer.from(fields)),
  ] as const
  const stored = await brotliCompressAside(text, BROTLI)
  return joinSections([packed[0], packedOr(text, stored), packed[1]])
}

function sectionsOf({ text, textLength, fields, fieldsLength }: BlockRows): {
  readonly text: Buffer
  readonly fields: Buffer
} {
  return { text: text.subarray(0, textLength), fields: fields.subarray(0, fieldsLength) }
}

function joinSections(sections: readonly Section[]): Buffer {
  head.reset()
  head.byte(BLOCK_VERSION)
  for (const { codec, raw, stored } of sections) {
    head.byte(codec)
    head.varint(raw.length)
    head.varint(stored.length)
  }
  return Buffer.concat([head.view(), ...sections.map(({ stored }) => stored)])
}

/**
 * Decodes a block, text and all.
 *
 * @throws {RangeError} If the bytes are not a block of a known version.
 */
export function decodeBlock(data: Buffer): BlockRows {
  const { rows, unpackText } = decodeColumns(data)
  unpackText()
  return rows
}

/** A block whose columns can be read; text and fields only after `unpackText`. */
export interface DecodedColumns {
  readonly rows: BlockRows
  /** False: `rows.textStart` is filled in by `unpackText`. */
  readonly hasLengths: boolean
  /** Fills in text and fields. @throws {RangeError} As {@link decodeBlock}. */
  readonly unpackText: () => void
}

/**
 * Decodes the columns of a block: who asks for few lines chooses them before any text is unpacked.
 *
 * @throws {RangeError} If the bytes are not a block of a known version.
 */
export function decodeColumns(data: Buffer): DecodedColumns {
  const reader = new ByteReader(data)
  const version = reader.byte()
  if (version !== BLOCK_VERSION) {
    throw new RangeError(`Expected a block of version ${BLOCK_VERSION}, got ${version}`)
  }
  const lengths = [0, 1, 2].map(() => [reader.byte(), reader.varint(), reader.varint()] as const)
  let offset = reader.offset
  const [columnSection, textSection, fieldSection] = lengths.map(
    ([codec, rawLength, storedLength]) => {
      const stored = data.subarray(offset, (offset += storedLength))
      return () => unpackSection(codec, stored, rawLength)
    },
  )
  if (offset !== data.length) throw new RangeError('Expected a block to end with its sections')
  const { rows, hasLengths } = readColumns(columnSection!())
  if (!hasLengths) rows.textLength = lengths[1]![1]
  return {
    rows,
    hasLengths,
    unpackText: () => {
      rows.text = checkLength(textSection!(), rows.textLength)
      rows.fields = checkLength(fieldSection!(), rows.fieldsLength)
      if (!hasLengths) findLines(rows)
    },
  }
}

function findLines({ text, textStart, count }: BlockRows): void {
  let at = 0
  for (let i = 1; i <= count; i++) {
    at = text.indexOf(10, at) + 1
    if (at === 0) throw new RangeError(`Expected ${count} lines in a block, got ${i - 1}`)
    textStart[i] = at
  }
  if (at !== text.length) throw new RangeError(`Expected ${count} lines in a block, got more`)
}

function checkLength(section: Buffer, expected: number): Buffer {
  if (section.length === expected) return section
  throw new RangeError(`Expected a section of ${expected} bytes, got ${section.length}`)
}

function encodeColumns(rows: BlockRows, withLengths: boolean): void {
  const { count } = rows
  columns.reset()
  columns.varint(count)
  columns.varint(rows.seq[0]!)
  columns.varint(rows.ts[0]!)
  columns.varint(rows.run[0]!)
  writeDeltas(rows.seq, count, (delta) => delta - 1)
  writeDeltas(rows.ts, count, zigzag)
  writeDeltas(rows.run, count, zigzag)
  writeColumn(columns, rows.source, count)
  writeLineNumbers(rows)
  writeColumn(columns, rows.level, count)
  writeColumn(columns, rows.kind, count)
  for (let i = 0; i < count; i++) scratch[i] = rows.seq[i]! - rows.partSeq[i]!
  writeColumn(columns, scratch, count)
  if (withLengths) {
    for (let i = 0; i < count; i++) scratch[i] = rows.textStart[i + 1]! - rows.textStart[i]! - 1
    writeColumn(columns, scratch, count)
  } else writeNoColumn(columns)
  for (let i = 0; i < count; i++) scratch[i] = rows.fieldsStart[i + 1]! - rows.fieldsStart[i]!
  writeColumn(columns, scratch, count)
}

function writeDeltas(values: Float64Array, count: number, code: (delta: number) => number): void {
  for (let i = 1; i < count; i++) scratch[i - 1] = code(values[i]! - values[i - 1]!)
  writeColumn(columns, scratch, count - 1)
}

// A source's line numbers rise by one but for gaps: the delta to its line before is nearly always 1.
function writeLineNumbers(rows: BlockRows): void {
  const last = new Map<number, number>()
  const firsts: number[] = []
  for (let i = 0; i < rows.count; i++) {
    const source = rows.source[i]!
    const n = rows.n[i]!
    const before = last.get(source)
    if (before === undefined) firsts.push(n)
    scratch[i] = before === undefined ? 0 : n - before - 1
    last.set(source, n)
  }
  columns.varint(firsts.length)
  for (const first of firsts) columns.varint(first)
  writeColumn(columns, scratch, rows.count)
}

function readColumns(bytes: Buffer): { readonly rows: BlockRows; readonly hasLengths: boolean } {
  const reader = new ByteReader(bytes)
  const count = reader.varint()
  if (count < 1 || count > LIMITS.blockLinesMax) {
    throw new RangeError(`Expected a block of 1 to ${LIMITS.blockLinesMax} lines, got ${count}`)
  }
  const rows = new BlockRows(count, 0)
  rows.count = count
  rows.seq[0] = reader.varint()
  rows.ts[0] = reader.varint()
  rows.run[0] = reader.varint()
  reader.column(rows.seq, count - 1, 1)
  for (let i = 1; i < count; i++) rows.seq[i]! += rows.seq[i - 1]! + 1
  readSignedDeltas(reader, rows.ts, count)
  readSignedDeltas(reader, rows.run, count)
  reader.column(rows.source, count)
  readLineNumbers(reader, rows)
  reader.column(rows.level, count)
  reader.column(rows.kind, count)
  reader.column(rows.partSeq, count)
  const hasLengths = !reader.skipNoColumn()
  if (hasLengths) reader.column(rows.textStart, count, 1)
  reader.column(rows.fieldsStart, count, 1)
  for (let i = 0; i < count; i++) {
    rows.partSeq[i] = rows.seq[i]! - rows.partSeq[i]!
    if (hasLengths) rows.textStart[i + 1]! += rows.textStart[i]! + 1
    rows.fieldsStart[i + 1]! += rows.fieldsStart[i]!
  }
  rows.textLength = rows.textStart[count]!
  rows.fieldsLength = rows.fieldsStart[count]!
  return { rows, hasLengths }
}

function readSignedDeltas(reader: ByteReader, values: Float64Array, count: number): void {
  reader.column(values, count - 1, 1)
  for (let i = 1; i < count; i++) values[i] = values[i - 1]! + unzigzag(values[i]!)
}

function readLineNumbers(reader: ByteReader, rows: BlockRows): void {
  const { n, source, count } = rows
  const firsts = Array.from({ length: reader.varint() }, () => reader.varint())
  reader.column(n, count)
  const last = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const isLikeBefore = i > 0 && source[i] === source[i - 1]
    const before = isLikeBefore ? n[i - 1] : last.get(source[i]!)
    if (before === undefined && last.size === firsts.length) {
      throw new RangeError(`Expected ${firsts.length} sources in a block, got more`)
    }
    n[i] = before === undefined ? firsts[last.size]! : before + n[i]! + 1
    if (source[i] !== source[i + 1] || i + 1 === count) last.set(source[i]!, n[i]!)
  }
}

interface Section {
  readonly codec: number
  readonly raw: Buffer
  readonly stored: Buffer
}

// Quality 1 is 0.2 us a line of 130 bytes and packs real logs about eight times; 2 costs twice as much
// for a few percent. A window of 512 KiB, a whole block, packs as well as the default of 4 MiB and needs
// less memory.
const BROTLI = {
  chunkSize: 131_072,
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 1,
    [constants.BROTLI_PARAM_LGWIN]: 19,
  },
}

function packSection(raw: Buffer): Section {
  return raw.length < PACK_BYTES_MIN
    ? unpacked(raw)
    : packedOr(raw, brotliCompressSync(raw, BROTLI))
}

function packedOr(raw: Buffer, stored: Buffer): Section {
  return stored.length < raw.length ? { codec: CODEC.brotli, raw, stored } : unpacked(raw)
}

function unpacked(raw: Buffer): Section {
  return { codec: CODEC.none, raw, stored: raw }
}

function unpackSection(codec: number, stored: Buffer, rawLength: number): Buffer {
  if (codec !== CODEC.none && codec !== CODEC.brotli) {
    throw new RangeError(`Expected codec 0 or 1 in a block, got ${codec}`)
  }
  if (rawLength > SECTION_BYTES_MAX) {
    throw new RangeError(
      `Expected a section of at most ${SECTION_BYTES_MAX} bytes, got ${rawLength}`,
    )
  }
  // One byte more than is there: zlib gives its buffer away as it is and needs no second one.
  const size = Math.max(64, rawLength + 1)
  const raw =
    codec === CODEC.none
      ? stored
      : brotliDecompressSync(stored, { chunkSize: size, maxOutputLength: size })
  if (raw.length !== rawLength) {
    throw new RangeError(`Expected a section of ${rawLength} bytes, got ${raw.length}`)
  }
  return raw
}
