// Reads a store in the thread it is called in: partitions in order, the blocks of each merged by seq,
// within a budget of time. The reader worker runs it beside a writer; the command line runs it alone.
import { existsSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import type { Entry } from '../model/entry.js'
import { encodeCursor } from '../model/cursor.js'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { readStoreId } from '../store/catalog.js'
import type { BlockMeta, StoredKey } from '../store/partition.js'
import { listPartitions } from '../store/store-files.js'
import { BlockCursor } from './block-cursor.js'
import type { LineFilter } from './block-cursor.js'
import { PartitionReader } from './partition-reader.js'
import { containsTest, patternTest } from './pattern.js'
import type { Query, QueryPage } from './query.js'
import { resolveQuery, sourceTest } from './resolve-query.js'
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
  readonly #open = new Map<string, PartitionReader>()

  /** @throws {LogsError} `NotFound` if there is no store in `dir`. */
  constructor(dir: string) {
    this.dir = dir
    this.storeId = readStoreId(dir)
  }

  /**
   * Answers one page of a query.
   *
   * @throws {TypeError | RangeError | SyntaxError} If the query is wrong.
   * @throws {LogsError} `InvalidCursor`.
   */
  query(query: Query): QueryPage {
    return this.read(resolveQuery(query, this.storeId), {})
  }

  /** Answers one page of a resolved query. */
  read(query: ResolvedQuery, bounds: ReadBounds): QueryPage {
    const upTo = Math.min(query.beforeSeq, (bounds.upToSeq ?? Infinity) + 1)
    const page = new Page(
      { ...query, beforeSeq: upTo },
      performance.now() + (bounds.budgetMs ?? Infinity),
    )
    const partitions = this.#partitions()
    const filter = this.#filter(page.query, partitions)
    if (filter) {
      for (const partition of query.descending ? partitions.toReversed() : partitions) {
        if (page.done) break
        partition.snapshot(() => readPartition(partition, filter, page))
      }
    }
    return page.answer(this.storeId)
  }

  /** Lists the sources, from the accounts of the newest partition. */
  sources(): SourceInfo[] {
    return sourceInfos(this.#newestKeys(this.#partitions()))
  }

  close(): void {
    for (const partition of this.#open.values()) partition.close()
    this.#open.clear()
  }

  // Opens what has come and closes what has gone since the last call; oldest first.
  #partitions(): PartitionReader[] {
    const paths = listPartitions(this.dir).map(({ path }) => path)
    for (const [path, partition] of this.#open) {
      if (paths.includes(path)) continue
      partition.close()
      this.#open.delete(path)
    }
    return paths.flatMap((path) => {
      let partition = this.#open.get(path)
      if (!partition) {
        partition = tryOpen(path)
        if (partition) this.#open.set(path, partition)
      }
      return partition ?? []
    })
  }

  #newestKeys(partitions: readonly PartitionReader[]): StoredKey[] {
    return partitions.at(-1)?.keys() ?? []
  }

  #filter(query: ResolvedQuery, partitions: readonly PartitionReader[]): ReadFilter | undefined {
    const keys = this.#newestKeys(partitions)
    const names = new Map(keys.map(({ sourceId, source }) => [sourceId, source]))
    const test = query.sources === null ? null : sourceTest(query.sources)
    const sourceIds = test === null ? null : [...names.keys()].filter((id) => test(names.get(id)!))
    if (sourceIds?.length === 0) return undefined
    return {
      query,
      names,
      sourceIds: sourceIds === null ? null : new Set(sourceIds),
      runMatches: runTest(query.runs, keys),
      textMatches: textTest(query),
    }
  }
}

interface ReadFilter extends LineFilter {
  readonly names: ReadonlyMap<number, string>
}

// Merges the blocks of one partition by seq. Blocks of different sources overlap; a block joins when the
// walk reaches its near end.
function readPartition(partition: PartitionReader, filter: ReadFilter, page: Page): void {
  const { descending } = filter.query
  const ids = filter.sourceIds === null ? null : [...filter.sourceIds]
  const blocks = partition.blocks(filter.query, ids)
  const sourceName = (id: number): string => filter.names.get(id) ?? `#${id}`
  const nearEnd = (meta: BlockMeta): number => (descending ? meta.last_seq : meta.first_seq)
  const isBefore = (a: number, b: number): boolean => (descending ? a > b : a < b)
  let cursors: BlockCursor[] = []
  let next = blocks.next()
  try {
    for (;;) {
      const first = foremost(cursors, isBefore)
      if (!next.done && (!first || isBefore(nearEnd(next.value), first.seq!))) {
        if (page.spent && page.stopBefore(nearEnd(next.value))) return
        const cursor = new BlockCursor(partition.data(next.value.first_seq), filter)
        page.decoded(next.value.lines)
        if (cursor.seq !== undefined) cursors.push(cursor)
        next = blocks.next()
        continue
      }
      if (!first) return
      page.add(first.entry(sourceName), first.bytes)
      if (page.done) return
      first.next()
      if (first.seq === undefined) cursors = cursors.filter((cursor) => cursor !== first)
    }
  } finally {
    blocks.return?.()
  }
}

function foremost(
  cursors: readonly BlockCursor[],
  isBefore: (a: number, b: number) => boolean,
): BlockCursor | undefined {
  let best = cursors[0]
  for (const cursor of cursors) if (isBefore(cursor.seq!, best!.seq!)) best = cursor
  return best
}

// What one answer collects, and when it is enough.
class Page {
  readonly query: ResolvedQuery
  done = false
  readonly #deadline: number
  readonly #entries: Entry[] = []
  #scannedLines = 0
  #entryBytes = 0
  #complete = true
  #resumeSeq: number | null = null

  constructor(query: ResolvedQuery, deadline: number) {
    this.query = query
    this.#deadline = deadline
  }

  /** True when the budget is spent and something was read. */
  get spent(): boolean {
    return this.#scannedLines > 0 && performance.now() >= this.#deadline
  }

  decoded(lines: number): void {
    this.#scannedLines += lines
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

  answer(storeId: string): QueryPage {
    return {
      entries: this.#entries,
      next_cursor: this.#resumeSeq === null ? null : encodeCursor(storeId, this.#resumeSeq),
      scanned_lines: this.#scannedLines,
      complete: this.#complete,
    }
  }
}

function runTest(
  runs: ResolvedQuery['runs'],
  keys: readonly StoredKey[],
): ((sourceId: number, run: number) => boolean) | null {
  if (runs === null) return null
  if (runs !== 'last') {
    const wanted = new Set(runs)
    return (_, run) => wanted.has(run)
  }
  const last = new Map<number, number>()
  for (const { sourceId, lastRun } of keys) {
    last.set(sourceId, Math.max(last.get(sourceId) ?? 0, lastRun))
  }
  return (sourceId, run) => last.get(sourceId) === run
}

function textTest({ contains, regex }: ResolvedQuery): ((text: string) => boolean) | null {
  const holds = contains === null ? null : containsTest(contains)
  const matches = regex === null ? null : patternTest(regex)
  if (holds && matches) return (text) => holds(text) && matches(text)
  return holds ?? matches
}

// Damaged, or unlinked by retention in this moment: the others are read. Anything else is an error: an
// answer must not look complete when a file could not be opened.
function tryOpen(path: string): PartitionReader | undefined {
  try {
    return new PartitionReader(path)
  } catch (error) {
    if (!existsSync(path)) return undefined
    if (error instanceof LogsError && error.code === 'DamagedStore') return undefined
    throw error
  }
}
