// What one answer collects, and when it is enough.
import { performance } from 'node:perf_hooks'
import { encodeCursor } from '../model/cursor.js'
import type { Entry } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import type { DamagedBlock, QueryPage } from './query.js'
import type { ResolvedQuery } from './resolve-query.js'

/** A page as the walk over the blocks gives it; `finishPage` makes the answer of it. */
export type WalkedPage = Omit<QueryPage, 'prev_cursor'>

export class Page {
  readonly query: ResolvedQuery
  done = false
  readonly #deadline: number
  readonly #entries: Entry[] = []
  readonly #damaged: DamagedBlock[] = []
  #scannedLines = 0
  #entryBytes = 0
  #complete = true
  #resumeSeq: number | null = null

  /** @param budgetMs - Milliseconds after which it answers what it has. */
  constructor(query: ResolvedQuery, budgetMs: number) {
    this.query = query
    this.#deadline = performance.now() + budgetMs
  }

  /** True when the budget is spent. */
  get isLate(): boolean {
    return performance.now() >= this.#deadline
  }

  /** True when the budget is spent and something was read. */
  get spent(): boolean {
    return this.#scannedLines > 0 && this.isLate
  }

  scanned(lines: number): void {
    this.#scannedLines += lines
  }

  /** A block that may hold matching lines cannot be read. */
  missing(block: DamagedBlock): void {
    this.#damaged.push(block)
  }

  add(entry: Entry, entryBytes: number): void {
    this.#entries.push(entry)
    this.#entryBytes += entryBytes
    const isFull = this.#entries.length >= this.query.limit
    const isLarge = this.#entryBytes >= LIMITS.queryBytesMax
    if (!isFull && !isLarge) return
    this.done = true
    this.#complete = isFull
    this.#resumeSeq = entry.seq
  }

  /** Ends the answer before the line `seq`, everything nearer having been looked at; false if that would
   * be no progress. */
  stopBefore(seq: number): boolean {
    const { descending, afterSeq, beforeSeq } = this.query
    const resumeSeq = descending ? seq + 1 : seq - 1
    if (descending ? resumeSeq >= beforeSeq : resumeSeq <= afterSeq) return false
    this.done = true
    this.#complete = false
    this.#resumeSeq = resumeSeq
    return true
  }

  answer(storeId: string): WalkedPage {
    return {
      entries: this.#entries,
      next_cursor: this.#resumeSeq === null ? null : encodeCursor(storeId, this.#resumeSeq),
      scanned_lines: this.#scannedLines,
      complete: this.#complete,
      ...(this.#damaged.length === 0 ? {} : { damaged: this.#damaged }),
    }
  }
}
