// A place in one decoded block: steps through the lines that match, in either direction. Columns are
// looked at before text is decoded.
import { isUtf8 } from 'node:buffer'
import type { Entry } from '../model/entry.js'
import { LEVELS } from '../model/level.js'
import { KIND, originOf, partOf, streamOf } from '../store/block-rows.js'
import type { BlockRows } from '../store/block-rows.js'
import { decodeBlock } from '../store/block-codec.js'
import type { ResolvedQuery } from './resolve-query.js'

/** What a line must fulfil beyond the block's own columns' ranges. */
export interface LineFilter {
  readonly query: ResolvedQuery
  /** Null: every source. */
  readonly sourceIds: ReadonlySet<number> | null
  /** By source id; null: every run. */
  readonly runMatches: ((sourceId: number, run: number) => boolean) | null
  /** Null: every text. */
  readonly textMatches: ((text: string) => boolean) | null
}

export class BlockCursor {
  /** Lines looked at so far. */
  scannedLines: number = 0
  readonly #rows: BlockRows
  readonly #filter: LineFilter
  readonly #step: 1 | -1
  readonly #isUtf8: boolean
  #at: number

  /** Decodes `data` and stands on the first line that matches. */
  constructor(data: Buffer, filter: LineFilter) {
    this.#filter = filter
    this.#rows = decodeBlock(data)
    this.#isUtf8 = isUtf8(this.#rows.text)
    this.#step = filter.query.descending ? -1 : 1
    this.#at = filter.query.descending ? this.#rows.count : -1
    this.next()
  }

  /** The seq of the line it stands on; undefined behind the last one. */
  get seq(): number | undefined {
    return this.#at >= 0 && this.#at < this.#rows.count ? this.#rows.seq[this.#at] : undefined
  }

  /** Goes to the next line that matches. */
  next(): void {
    const { count } = this.#rows
    do {
      this.#at += this.#step
      this.scannedLines++
    } while (this.#at >= 0 && this.#at < count && !this.#matches(this.#at))
  }

  /** The line it stands on. */
  entry(sourceName: (sourceId: number) => string): Entry {
    const rows = this.#rows
    const i = this.#at
    const kind = rows.kind[i]!
    const part = partOf(kind)
    const fields = this.#fields(i)
    return {
      seq: rows.seq[i]!,
      n: rows.n[i]!,
      ts: rows.ts[i]!,
      source: sourceName(rows.source[i]!),
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
    const i = this.#at
    return textStart[i + 1]! - textStart[i]! + fieldsStart[i + 1]! - fieldsStart[i]!
  }

  #matches(i: number): boolean {
    const rows = this.#rows
    const { query, sourceIds, runMatches, textMatches } = this.#filter
    const seq = rows.seq[i]!
    if (seq <= query.afterSeq || seq >= query.beforeSeq) return false
    if (sourceIds !== null && !sourceIds.has(rows.source[i]!)) return false
    const kind = rows.kind[i]!
    if ((query.streamMask & (1 << (kind & 3))) === 0) return false
    if ((query.originMask & (1 << ((kind >> 4) & 15))) === 0) return false
    if ((query.levelMask & (1 << rows.level[i]!)) === 0) return false
    const ts = rows.ts[i]!
    if (ts < query.since || ts > query.until) return false
    if (runMatches !== null && !runMatches(rows.source[i]!, rows.run[i]!)) return false
    return textMatches === null || textMatches(this.#decoded(i))
  }

  #decoded(i: number): string {
    const { text, textStart } = this.#rows
    return text.toString('utf8', textStart[i]!, textStart[i + 1]! - 1)
  }

  #text(i: number): { text: string } | { bytes: Uint8Array } {
    const { text, textStart } = this.#rows
    if (this.#isUtf8) return { text: this.#decoded(i) }
    const bytes = text.subarray(textStart[i]!, textStart[i + 1]! - 1)
    return isUtf8(bytes) ? { text: this.#decoded(i) } : { bytes: Uint8Array.from(bytes) }
  }

  #fields(i: number): object | undefined {
    const { fields, fieldsStart } = this.#rows
    const start = fieldsStart[i]!
    const end = fieldsStart[i + 1]!
    return end > start ? (JSON.parse(fields.toString('utf8', start, end)) as object) : undefined
  }
}

// Gaps and repeats keep what they tell where other entries keep their fields.
function fieldsKey(kind: number): 'fields' | 'gap' | 'repeat' {
  if (kind & KIND.gap) return 'gap'
  return kind & KIND.repeat ? 'repeat' : 'fields'
}
