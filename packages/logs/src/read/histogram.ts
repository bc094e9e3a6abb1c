// Counts of matching lines by time and level. A block that lies in one bucket and has one level counts by
// its row alone; of the others the columns are unpacked, and the text only if the query looks at it.
//
// A long count goes in windows of the sequence: all lines of a window are counted, whatever blocks they are
// in, so that it can stop and go on while the compactor regroups blocks.
import { ORIGINS } from '../model/entry.js'
import type { Level } from '../model/level.js'
import { LEVELS } from '../model/level.js'
import { LIMITS } from '../model/limits.js'
import { decodeColumns } from '../store/block-codec.js'
import type { BlockRecord } from '../store/block-meta.js'
import { matchingColumns, matchingFields } from './line-filter.js'
import type { LineFilter } from './line-filter.js'
import type { PartitionReader } from './partition-reader.js'
import type { HistogramQuery } from './query.js'
import { resolveQuery } from './resolve-query.js'
import type { ResolvedQuery } from './resolve-query.js'

/** Lines of one span of time. */
export interface HistogramBucket {
  /** Where it begins; microseconds since the epoch. */
  readonly ts: number
  readonly total: number
  /** Only levels that occur. */
  readonly levels: Readonly<Partial<Record<Level, number>>>
}

export interface Histogram {
  /** Width of each bucket in microseconds. */
  readonly bucket_us: number
  /** Ascending, without holes; empty if nothing matches. */
  readonly buckets: readonly HistogramBucket[]
  /** Lines of the blocks that were looked at. */
  readonly scanned_lines: number
}

/** Which spans are counted: `count` of them from `from` on, `width` microseconds each. */
export interface BucketPlan {
  readonly from: number
  readonly width: number
  readonly count: number
}

/** What a step of finding the times of a count gives; plain data that crosses threads. */
export interface SpanStep {
  /** Microseconds since the epoch, both included; above `to` when no line matches. */
  readonly from: number
  readonly to: number
  /** Lines up to here are looked at; null: all. */
  readonly lookedSeq: number | null
}

/** What a step of a count gives; plain data that crosses threads. */
export interface CountStep {
  /** By bucket times levels. */
  readonly counts: readonly number[]
  readonly scannedLines: number
  /** Lines up to here are looked at; null: all. */
  readonly lookedSeq: number | null
}

/** All steps of one count. */
export interface Count {
  readonly plan: BucketPlan
  readonly steps: readonly CountStep[]
}

const PAGE_KEYS = ['after', 'before', 'order', 'limit', 'context', 'join']

/**
 * Checks and completes what is to be counted.
 *
 * @throws {TypeError | RangeError | SyntaxError} Saying what was expected and what came.
 */
export function resolveHistogram(
  { buckets = LIMITS.histogramBucketsDefault, ...filters }: HistogramQuery,
  storeId: string,
): { readonly query: ResolvedQuery; readonly buckets: number } {
  const paging = PAGE_KEYS.find((key) => key in filters)
  if (paging !== undefined) throw new TypeError(`A histogram has no ${paging}`)
  if (!Number.isSafeInteger(buckets) || buckets < 1 || buckets > LIMITS.histogramBucketsMax) {
    throw new RangeError(
      `Expected buckets to be an integer from 1 to ${LIMITS.histogramBucketsMax}, got ${String(buckets)}`,
    )
  }
  return { query: resolveQuery(filters, storeId), buckets }
}

/** Returns equal buckets over a span of time; undefined if there is nothing to count. */
export function planBuckets(
  { from, to }: Pick<SpanStep, 'from' | 'to'>,
  count: number,
): BucketPlan | undefined {
  if (from > to) return undefined
  const width = Math.max(1, Math.ceil((to - from + 1) / count))
  return { from, width, count: Math.max(1, Math.ceil((to - from + 1) / width)) }
}

export class HistogramCounter {
  readonly counts: Float64Array
  scannedLines = 0
  readonly #plan: BucketPlan

  constructor(plan: BucketPlan) {
    this.#plan = plan
    this.counts = new Float64Array(plan.count * LEVELS.length)
  }

  /**
   * Counts the lines of one window, which begins after the filter's `afterSeq`; returns its last seq, or null
   * when nothing is left in the partition.
   */
  countWindow(partition: PartitionReader, filter: LineFilter): number | null {
    const { window, nextSeq } = windowOf(partition, filter)
    const upTo = nextSeq === null ? filter.query.beforeSeq : nextSeq
    const query = { ...filter.query, beforeSeq: Math.min(upTo, filter.query.beforeSeq) }
    for (const record of window) this.#countBlock(partition, record, { ...filter, query })
    return nextSeq === null ? null : nextSeq - 1
  }

  #countBlock(partition: PartitionReader, record: BlockRecord, filter: LineFilter): void {
    this.scannedLines += record.lines
    if (countsAsWhole(record, filter) && this.#isOneBucket(record)) {
      this.#add(record.ts_min, Math.log2(record.level_mask), record.lines)
      return
    }
    const data = partition.load(record)
    if (!data) return
    const { rows, unpackText } = decodeColumns(data)
    let lines: readonly number[] = matchingColumns(rows, filter)
    if (lines.length > 0 && (filter.search || filter.fieldsMatch)) {
      unpackText()
      if (filter.search) lines = filter.search.select(rows, lines)
      if (filter.fieldsMatch) lines = matchingFields(rows, lines, filter.fieldsMatch)
    }
    for (const i of lines) this.#add(rows.ts[i]!, rows.level[i]!, 1)
  }

  #isOneBucket({ ts_min, ts_max, level_mask }: BlockRecord): boolean {
    const { from, width } = this.#plan
    const isOneLevel = (level_mask & (level_mask - 1)) === 0
    return isOneLevel && Math.floor((ts_min - from) / width) === Math.floor((ts_max - from) / width)
  }

  #add(ts: number, level: number, lines: number): void {
    const { from, width, count } = this.#plan
    const bucket = Math.floor((ts - from) / width)
    if (bucket < 0 || bucket >= count) return
    this.counts[bucket * LEVELS.length + level]! += lines
  }
}

// Some blocks in the order of their first seq; all lines before the next block's first one are in them.
function windowOf(
  partition: PartitionReader,
  filter: LineFilter,
): { window: BlockRecord[]; nextSeq: number | null } {
  const window: BlockRecord[] = []
  for (const record of partition.blocks(filter)) {
    const isNew = record.first_seq > filter.query.afterSeq
    if (window.length >= LIMITS.histogramStepBlocks && isNew) {
      return { window, nextSeq: record.first_seq }
    }
    window.push(record)
  }
  return { window, nextSeq: null }
}

const ALL_ORIGINS = 2 ** ORIGINS.length - 1

function countsAsWhole(record: BlockRecord, { query, floors, ...filter }: LineFilter): boolean {
  const { source_id, first_seq, last_seq, level_mask, stream_mask, ts_min, ts_max } = record
  return (
    source_id !== null &&
    filter.search === null &&
    filter.fieldsMatch === null &&
    filter.runMatches === null &&
    query.originMask === ALL_ORIGINS &&
    (level_mask & ~query.levelMask) === 0 &&
    (stream_mask & ~query.streamMask) === 0 &&
    first_seq > query.afterSeq &&
    last_seq < query.beforeSeq &&
    first_seq > (floors.get(source_id) ?? 0) &&
    ts_min >= query.since &&
    ts_max <= query.until
  )
}

/** Makes the answer of a count; undefined: there was nothing to count. */
export function histogramOf(count: Count | undefined): Histogram {
  if (!count) return { bucket_us: 0, buckets: [], scanned_lines: 0 }
  const { plan, steps } = count
  const scanned_lines = steps.reduce((sum, { scannedLines }) => sum + scannedLines, 0)
  const buckets = Array.from({ length: plan.count }, (_, bucket): HistogramBucket => {
    const counted = LEVELS.map((level, i) => {
      const at = bucket * LEVELS.length + i
      return [level, steps.reduce((sum, { counts }) => sum + counts[at]!, 0)] as const
    }).filter(([, lines]) => lines > 0)
    return {
      ts: plan.from + bucket * plan.width,
      total: counted.reduce((sum, [, lines]) => sum + lines, 0),
      levels: Object.fromEntries(counted),
    }
  })
  return { bucket_us: plan.width, buckets, scanned_lines }
}
