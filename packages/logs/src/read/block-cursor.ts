// A place in one decoded block: steps through the lines that match, in either direction. Lines are chosen
// by their columns first; text is unpacked when one of them has to be looked at or shown.
import { isUtf8 } from 'node:buffer'
import type { Entry } from '../model/entry.js'
import { LEVELS } from '../model/level.js'
import { KIND, originOf, partOf, streamOf } from '../store/block-rows.js'
import type { BlockRows } from '../store/block-rows.js'
import { decodeColumns } from '../store/block-codec.js'
import { fieldsKey, matchingColumns, matchingFields } from './line-filter.js'
import type { LineFilter } from './line-filter.js'

export class BlockCursor {
  readonly #rows: BlockRows
  readonly #filter: LineFilter
  /** Lines that match, in the order asked for. */
  readonly #lines: readonly number[]
  #isUtf8 = false
  #at = 0

  /**
   * Decodes `data` and stands on the first line that matches.
   *
   * @throws {RangeError} If the bytes are not a block of a known version.
   */
  constructor(data: Buffer, filter: LineFilter) {
    this.#filter = filter
    const { rows, unpackText } = decodeColumns(data)
    this.#rows = rows
    let lines: readonly number[] = matchingColumns(rows, filter)
    if (lines.length > 0) {
      unpackText()
      if (filter.search) lines = filter.search.select(rows, lines)
      if (filter.fieldsMatch) lines = matchingFields(rows, lines, filter.fieldsMatch)
      this.#isUtf8 = lines.length > 0 && isUtf8(rows.text)
    }
    this.#lines = filter.query.descending ? lines.toReversed() : lines
  }

  /** The seq of the line it stands on; undefined behind the last one. */
  get seq(): number | undefined {
    const line = this.#lines[this.#at]
    return line === undefined ? undefined : this.#rows.seq[line]
  }

  /** Goes to the next line that matches. */
  next(): void {
    this.#at++
  }

  /** The line it stands on. */
  entry(): Entry {
    const rows = this.#rows
    const i = this.#line
    const kind = rows.kind[i]!
    const part = partOf(kind)
    const fields = this.#fields(i)
    const source = rows.source[i]!
    return {
      seq: rows.seq[i]!,
      n: rows.n[i]!,
      ts: rows.ts[i]!,
      source: this.#filter.sourceNames.get(source) ?? `#${source}`,
      origin: originOf(kind),
      stream: streamOf(kind),
      level: LEVELS[rows.level[i]!]!,
      run: rows.run[i]!,
      ...this.#text(i),
      ...(part === 'none' ? {} : { part, part_seq: rows.partSeq[i]! }),
      ...(kind & KIND.unterminated ? { unterminated: true as const } : {}),
      ...(fields === undefined ? {} : { [fieldsKey(kind)]: fields }),
    } as Entry
  }

  /** Bytes of text and fields of the line it stands on. */
  get bytes(): number {
    const { textStart, fieldsStart } = this.#rows
    const i = this.#line
    return textStart[i + 1]! - textStart[i]! + fieldsStart[i + 1]! - fieldsStart[i]!
  }

  get #line(): number {
    return this.#lines[this.#at]!
  }

  #text(i: number): { text: string } | { bytes: Uint8Array } {
    const { text, textStart } = this.#rows
    const start = textStart[i]!
    const end = textStart[i + 1]! - 1
    if (this.#isUtf8) return { text: text.toString('utf8', start, end) }
    const bytes = text.subarray(start, end)
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { bytes: Uint8Array.from(bytes) }
  }

  #fields(i: number): object | undefined {
    const { fields, fieldsStart } = this.#rows
    const start = fieldsStart[i]!
    const end = fieldsStart[i + 1]!
    return end > start ? (JSON.parse(fields.toString('utf8', start, end)) as object) : undefined
  }
}
