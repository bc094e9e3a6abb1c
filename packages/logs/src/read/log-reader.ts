// Reads a store in the thread it is called in: partitions in order, the blocks of each merged by seq,
// within a budget of time. The reader worker runs it beside a writer; the command line runs it alone.
import { basename } from 'node:path'
import { performance } from 'node:perf_hooks'
import { encodeCursor } from '../model/cursor.js'
import { LogsError } from '../model/errors.js'
import { readStoreId } from '../store/catalog.js'
import type { BlockRecord } from '../store/block-meta.js'
import type { StoredKey } from '../store/key-rows.js'
import type { PartitionFile } from '../store/store-files.js'
import { BlockCursor } from './block-cursor.js'
import { lineFilter } from './line-filter.js'
import type { LineFilter } from './line-filter.js'
import { finishPage } from './finish-page.js'
import { hiddenUpTo, missedLines } from './missed-lines.js'
import type { MissedLines } from './missed-lines.js'
import { Page } from './page.js'
import type { WalkedPage } from './page.js'
import { overlapping, PartitionCache } from './partition-cache.js'
import type { PartitionReader } from './partition-reader.js'
import { HistogramCounter, histogramOf, planBuckets, resolveHistogram } from './histogram.js'
import type { BucketPlan, CountStep, Histogram, SpanStep } from './histogram.js'
import { addExtents } from './source-extents.js'
import type { ExtentsStep, SourceExtent } from './source-extents.js'
import type { DamagedBlock, HistogramQuery, Missed, Query, QueryPage } from './query.js'
import { resolveQuery } from './resolve-query.js'
import type { ResolvedQuery } from './resolve-query.js'
import { sourceInfos } from './source-info.js'
import type { SourceInfo } from './source-info.js'

/** Bounds of one call beyond the query's own. */
export interface ReadBounds {
  /** The highest committed seq that may be shown. */
  readonly upToSeq?: number
  /** Milliseconds after which it answers what it has. @default Infinity */
  readonly budgetMs?: number
}

interface MissedPage {
  /** Given when lines after the query's cursor are gone. */
  readonly missed?: Missed
}

/** A page, and what a cursor has missed. */
export type ReadPage = QueryPage & MissedPage

/**
 * Opens a store for reading in the calling thread: for a store that no hero_proc serves.
 *
 * @throws {LogsError} `NotFound` if there is no store in `dir`.
 */
export function openLogReader({ dir }: { readonly dir: string }): LogReader {
  return new LogReader(dir)
}

export class LogReader {
  readonly dir: string
  readonly storeId: string
  readonly #partitions: PartitionCache

  /** @throws {LogsError} `NotFound` if there is no store in `dir`. */
  constructor(dir: string) {
    this.dir = dir
    this.storeId = readStoreId(dir)
    this.#partitions = new PartitionCache(dir)
  }

  /**
   * Answers one page of a query.
   *
   * @throws {TypeError | RangeError | SyntaxError} If the query is wrong.
   * @throws {LogsError} `InvalidCursor`, `MissedRotation`.
   */
  query(query: Query): QueryPage {
    return refuseMissed(this.read(resolveQuery(query, this.storeId), {}))
  }

  /** Answers one page of a resolved query. */
  read(query: ResolvedQuery, { upToSeq = Infinity, budgetMs = Infinity }: ReadBounds): ReadPage {
    const deadline = performance.now() + budgetMs
    const page = this.#walk(query, upToSeq, budgetMs)
    const finished = finishPage(page, query, {
      storeId: this.storeId,
      read: (other) => this.#walk({ ...other, resumes: false }, upToSeq, Infinity).entries,
      isSpent: () => performance.now() >= deadline,
    })
    this.#partitions.release()
    return finished
  }

  // A partition that is removed in this moment is neither shown nor counted as missed: then once more, with
  // what is there now.
  #walk(query: ResolvedQuery, upToSeq: number, budgetMs: number): WalkedPage & MissedPage {
    for (;;) {
      const { vanished } = this.#partitions
      const page = this.#walkOnce(query, upToSeq, budgetMs)
      if (this.#partitions.vanished === vanished) return page
    }
  }

  #walkOnce(query: ResolvedQuery, upToSeq: number, budgetMs: number): WalkedPage & MissedPage {
    const bounded = { ...query, beforeSeq: Math.min(query.beforeSeq, upToSeq + 1) }
    const files = this.#partitions.list()
    const { keys, floors } = this.#accounts(files)
    const asked = lineFilter(bounded, keys, floors)
    const missed = asked && query.resumes ? this.#missed(asked, files) : undefined
    // A cursor must not stand before what was hidden already: it would seem to have missed that.
    const filter = asked && startingAfter(asked, missed?.horizon ?? hiddenUpTo(asked))
    const page = new Page(filter?.query ?? bounded, budgetMs)
    if (filter) this.#readFiles(overlapping(files, page.query), filter, page)
    if (!missed) return page.answer(this.storeId)
    const oldest_cursor = encodeCursor(this.storeId, missed.horizon)
    return { ...page.answer(this.storeId), missed: { lost: missed.lost, oldest_cursor } }
  }

  /**
   * Counts matching lines by time and level.
   *
   * @throws {TypeError | RangeError | SyntaxError} If the query is wrong.
   */
  histogram(query: HistogramQuery): Histogram {
    const { query: resolved, buckets } = resolveHistogram(query, this.storeId)
    const plan = planBuckets(this.span(resolved, {}), buckets)
    return histogramOf(plan && { plan, steps: [this.count(resolved, plan, {})] })
  }

  /** One step of finding the times that a count is about: within what the query asks for, the first and the
   * last one of blocks in which lines may match. */
  span(query: ResolvedQuery, { upToSeq = Infinity, budgetMs = Infinity }: ReadBounds): SpanStep {
    const deadline = performance.now() + budgetMs
    const { files, filter } = this.#chosen(query, upToSeq)
    if (!filter) return { from: Infinity, to: -Infinity, lookedSeq: null }
    let [from, to] = [Infinity, -Infinity]
    const lookedSeq = this.#visitUntil(deadline, files, (partition) => {
      for (const { ts_min, ts_max } of partition.blocks(filter)) {
        from = Math.min(from, ts_min)
        to = Math.max(to, ts_max)
      }
    })
    this.#partitions.release()
    return { from: Math.max(from, query.since), to: Math.min(to, query.until), lookedSeq }
  }

  /** One step of a count. */
  count(
    query: ResolvedQuery,
    plan: BucketPlan,
    { upToSeq = Infinity, budgetMs = Infinity }: ReadBounds,
  ): CountStep {
    const deadline = performance.now() + budgetMs
    const { files, filter } = this.#chosen(query, upToSeq)
    const counter = new HistogramCounter(plan)
    const lookedSeq = filter ? this.#countFiles(files, filter, counter, deadline) : null
    this.#partitions.release()
    return { counts: [...counter.counts], scannedLines: counter.scannedLines, lookedSeq }
  }

  /** One step of finding how far each source reaches in what is stored after `afterSeq`, where a step before
   * has ended. */
  extents(afterSeq: number, { budgetMs = Infinity }: Pick<ReadBounds, 'budgetMs'>): ExtentsStep {
    const deadline = performance.now() + budgetMs
    const all = this.#partitions.list()
    const { keys, floors } = this.#accounts(all)
    const byId = new Map<number, SourceExtent>()
    const files = overlapping(all, { afterSeq, beforeSeq: Infinity })
    const lookedSeq = this.#visitUntil(deadline, files, (partition) =>
      addExtents(byId, partition, floors),
    )
    this.#partitions.release()
    const names = new Map(keys.map(({ sourceId, source }) => [sourceId, source]))
    const extents = [...byId].map(([id, extent]) => [names.get(id) ?? `#${id}`, extent] as const)
    return { extents: new Map(extents), lookedSeq }
  }

  /** Lists the sources, from the accounts of the newest partition. */
  sources(): SourceInfo[] {
    return sourceInfos(this.#accounts(this.#partitions.list()).keys)
  }

  /** Lets go of files that the writer may want to close. */
  release(): void {
    this.#partitions.release()
  }

  close(): void {
    this.#partitions.close()
  }

  // Files in which nothing is found cost time as well: the page may end between two of them.
  #readFiles(files: readonly PartitionFile[], filter: LineFilter, page: Page): void {
    const { descending } = filter.query
    const walked = descending ? files.toReversed() : files
    for (const [i, file] of walked.entries()) {
      this.#visit(
        file,
        (partition) => readPartition(partition, filter, page),
        (damaged) => page.missing(damaged),
      )
      const next = walked[i + 1]
      if (next && !page.done && page.isLate) {
        page.stopBefore(descending ? file.firstSeq - 1 : next.firstSeq)
      }
      if (page.done) return
    }
  }

  // Returns the seq up to which all is counted; null when there is no more.
  #countFiles(
    files: readonly PartitionFile[],
    filter: LineFilter,
    counter: HistogramCounter,
    deadline: number,
  ): number | null {
    for (const [i, file] of files.entries()) {
      let counted: number | null | undefined = filter.query.afterSeq
      while (typeof counted === 'number') {
        const window: LineFilter = { ...filter, query: { ...filter.query, afterSeq: counted } }
        counted = this.#visit<number | null>(file, (partition) =>
          counter.countWindow(partition, window),
        )
        const next = counted ?? (files[i + 1] ? files[i + 1]!.firstSeq - 1 : null)
        if (next !== null && performance.now() >= deadline) return next
      }
    }
    return null
  }

  #chosen(
    query: ResolvedQuery,
    upToSeq: number,
  ): { readonly files: readonly PartitionFile[]; readonly filter: LineFilter | undefined } {
    const bounded = { ...query, beforeSeq: Math.min(query.beforeSeq, upToSeq + 1) }
    const all = this.#partitions.list()
    const { keys, floors } = this.#accounts(all)
    return { files: overlapping(all, bounded), filter: lineFilter(bounded, keys, floors) }
  }

  // Returns the seq up to which all is looked at; null when there is no more.
  #visitUntil(
    deadline: number,
    files: readonly PartitionFile[],
    visit: (partition: PartitionReader) => void,
  ): number | null {
    for (const [i, file] of files.entries()) {
      this.#visit(file, visit)
      const next = files[i + 1]
      if (next && performance.now() >= deadline) return next.firstSeq - 1
    }
    return null
  }

  // Those of the newest partition that can be read.
  #accounts(files: readonly PartitionFile[]): {
    readonly keys: readonly StoredKey[]
    readonly floors: ReadonlyMap<number, number>
  } {
    for (const file of files.toReversed()) {
      try {
        const partition = this.#partitions.open(file)
        if (partition) {
          return partition.snapshot(() => ({ keys: partition.keys(), floors: partition.floors() }))
        }
      } catch (error) {
        if (!isDamage(error)) throw error
      }
    }
    return { keys: [], floors: new Map() }
  }

  // What SQLite itself finds damaged is missing from the answer, and said to be; any other error is one:
  // an answer must not look complete when a file could not be opened.
  #visit<T>(
    file: PartitionFile,
    visit: (partition: PartitionReader) => T,
    onDamage: (damaged: DamagedBlock) => void = () => {},
  ): T | undefined {
    try {
      const partition = this.#partitions.open(file)
      return partition?.snapshot(() => visit(partition))
    } catch (error) {
      if (!isDamage(error)) throw error
      onDamage({ partition: basename(file.path) })
      return undefined
    }
  }

  #missed(filter: LineFilter, files: readonly PartitionFile[]): MissedLines | undefined {
    return missedLines(this.dir, filter, files, (file, count) => this.#visit(file, count))
  }
}

/** Returns a page whose cursor missed nothing. @throws {LogsError} `MissedRotation` */
export function refuseMissed({ missed, ...page }: ReadPage): QueryPage {
  if (!missed) return page
  throw new LogsError('MissedRotation', `${missed.lost} lines after this cursor were removed`, {
    hint: 'Go on from oldest_cursor',
    details: { ...missed },
  })
}

function startingAfter(filter: LineFilter, seq: number): LineFilter {
  const afterSeq = Math.max(filter.query.afterSeq, seq)
  return { ...filter, query: { ...filter.query, afterSeq } }
}

// Merges the blocks of one partition by seq. Blocks of different sources overlap; a block joins when the
// walk reaches its near end.
function readPartition(partition: PartitionReader, filter: LineFilter, page: Page): void {
  const { descending } = filter.query
  const blocks = partition.blocks(filter)
  const nearEnd = (record: BlockRecord): number => (descending ? record.last_seq : record.first_seq)
  const isBefore = (a: number, b: number): boolean => (descending ? a > b : a < b)
  let cursors: BlockCursor[] = []
  let next = blocks.next()
  try {
    for (;;) {
      const first = foremost(cursors, isBefore)
      if (!next.done && (!first || isBefore(nearEnd(next.value), first.seq!))) {
        if (page.spent && page.stopBefore(nearEnd(next.value))) return
        const cursor = openBlock(partition, next.value, filter, page)
        if (cursor?.seq !== undefined) cursors.push(cursor)
        next = blocks.next()
        continue
      }
      if (!first) return
      page.add(first.entry(), first.bytes)
      if (page.done) return
      first.next()
      if (first.seq === undefined) cursors = cursors.filter((cursor) => cursor !== first)
    }
  } finally {
    blocks.return()
  }
}

function openBlock(
  partition: PartitionReader,
  record: BlockRecord,
  filter: LineFilter,
  page: Page,
): BlockCursor | undefined {
  page.scanned(record.lines)
  const data = partition.load(record)
  try {
    if (data) return new BlockCursor(data, filter)
  } catch (error) {
    // Written wrong: as little to be read as one that was damaged later.
    if (!(error instanceof RangeError)) throw error
  }
  page.missing(damagedBlock(partition, record, filter))
  return undefined
}

function damagedBlock(
  { path }: PartitionReader,
  { first_seq, last_seq, lines, source_id }: BlockRecord,
  { sourceNames }: LineFilter,
): DamagedBlock {
  const source = source_id === null ? undefined : sourceNames.get(source_id)
  const place = { partition: basename(path), from_seq: first_seq, to_seq: last_seq, lines }
  return source === undefined ? place : { ...place, source }
}

function foremost(
  cursors: readonly BlockCursor[],
  isBefore: (a: number, b: number) => boolean,
): BlockCursor | undefined {
  let best = cursors[0]
  for (const cursor of cursors) if (isBefore(cursor.seq!, best!.seq!)) best = cursor
  return best
}

function isDamage(error: unknown): boolean {
  return error instanceof LogsError && error.code === 'DamagedStore'
}
