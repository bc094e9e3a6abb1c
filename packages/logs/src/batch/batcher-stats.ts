// `log_batcher.stats`: the batcher's accounts and figures as one plain object. Reads counters only; it
// is cheap enough to be asked ten times a second.
import type { RecordableHistogram } from 'node:perf_hooks'
import { formatTimestamp } from '../model/wire.js'
import { add } from './counters.js'
import type { KeyCounters, Tally } from './counters.js'
import type { LogBatcher } from './log-batcher.js'

interface Counts {
  readonly received: number
  readonly sent: number
  readonly stored: number
  readonly queued: number
  readonly dropped: number
}

/** Accounts of one key, `<origin>:<source>`. */
export interface KeyStats extends Counts {
  /** Lines by reason. */
  readonly dropped_by: Readonly<Record<string, number>>
  /** The same accounts in bytes; line ends included. */
  readonly bytes: Counts
  /** Lines a second, over the last second and (decaying) minute. */
  readonly rate_1s: number
  readonly rate_1m: number
  readonly held_ms: number
  /** Secrets that were hidden since the store was opened. */
  readonly redacted: number
}

export interface LogBatcherStats {
  /** When counting of rates and latencies began; counters go back to the store's beginning. */
  readonly since: string
  readonly totals: {
    readonly received_total: number
    readonly sent_total: number
    readonly stored_total: number
    readonly queued_total: number
    readonly dropped_total: number
    readonly dropped_by: Readonly<Record<string, number>>
    readonly redacted_total: number
    readonly bytes: Counts
  }
  readonly sources: Readonly<Record<string, KeyStats>>
  readonly queue: {
    readonly bytes: number
    readonly bytes_max: number
    readonly lines: number
    readonly high_water: number
  }
  readonly flush: {
    readonly count: number
    readonly p50_ms: number
    readonly p99_ms: number
    readonly lines_p50: number
  }
  readonly writer: {
    readonly busy_ratio: number
    readonly commit_p99_ms: number
    /** Why the store cannot take lines at the moment; null when it can. */
    readonly failing: string | null
  }
  readonly store: {
    readonly bytes: number
    readonly wal_bytes: number
    readonly partitions: number
    readonly oldest_ts: string | null
    /** What retention removed since the store was opened. */
    readonly removed: {
      readonly partitions: number
      readonly lines: number
      readonly bytes: number
    }
  }
}

export function batcherStats(batcher: LogBatcher, rates: RateMeter): LogBatcherStats {
  const totals = { received: zero(), sent: zero(), stored: zero(), queued: zero(), dropped: zero() }
  const droppedBy: Record<string, number> = {}
  let redacted = 0
  const sources: Record<string, KeyStats> = {}
  for (const [name, key] of batcher.accounts.keys) {
    for (const part of ['received', 'sent', 'stored', 'queued', 'dropped'] as const) {
      add(totals[part], key[part].lines, key[part].bytes)
    }
    redacted += key.redacted
    for (const [reason, { lines }] of key.droppedBy)
      droppedBy[reason] = (droppedBy[reason] ?? 0) + lines
    sources[name] = keyStats(key, rates, batcher.accounts.source(key.source).heldMs)
  }
  return {
    since: formatTimestamp(batcher.since),
    totals: {
      received_total: totals.received.lines,
      sent_total: totals.sent.lines,
      stored_total: totals.stored.lines,
      queued_total: totals.queued.lines,
      dropped_total: totals.dropped.lines,
      dropped_by: droppedBy,
      redacted_total: redacted,
      bytes: counts(totals, 'bytes'),
    },
    sources,
    queue: {
      bytes: batcher.queuedBytes,
      bytes_max: batcher.queueBytesMax,
      lines: batcher.queuedLines,
      high_water: batcher.highWaterBytes,
    },
    ...flushStats(batcher),
  }
}

function flushStats({ queue }: LogBatcher): Pick<LogBatcherStats, 'flush' | 'writer' | 'store'> {
  const { figures } = queue
  return {
    flush: {
      count: queue.flushCount,
      p50_ms: percentile(queue.flushMicros, 50) / 1000,
      p99_ms: percentile(queue.flushMicros, 99) / 1000,
      lines_p50: percentile(queue.flushLines, 50),
    },
    writer: {
      busy_ratio: Math.round((figures?.busy_ratio ?? 0) * 1000) / 1000,
      commit_p99_ms: percentile(queue.commitMicros, 99) / 1000,
      failing: queue.failing ?? null,
    },
    store: {
      bytes: figures?.bytes ?? 0,
      wal_bytes: figures?.wal_bytes ?? 0,
      partitions: figures?.partitions ?? 0,
      oldest_ts: figures?.oldest_ts == null ? null : formatTimestamp(figures.oldest_ts),
      removed: figures?.removed ?? { partitions: 0, lines: 0, bytes: 0 },
    },
  }
}

function keyStats(key: KeyCounters, rates: RateMeter, heldMs: number): KeyStats {
  const { perSecond, perMinute } = rates.of(key)
  return {
    ...counts(key, 'lines'),
    dropped_by: Object.fromEntries(
      [...key.droppedBy].map(([reason, { lines }]) => [reason, lines]),
    ),
    bytes: counts(key, 'bytes'),
    rate_1s: Math.round(perSecond * 10) / 10,
    rate_1m: Math.round(perMinute * 10) / 10,
    held_ms: Math.round(heldMs),
    redacted: key.redacted,
  }
}

type Tallies = Record<'received' | 'sent' | 'stored' | 'queued' | 'dropped', Tally>

function counts(tallies: Tallies, unit: 'lines' | 'bytes'): Counts {
  return {
    received: tallies.received[unit],
    sent: tallies.sent[unit],
    stored: tallies.stored[unit],
    queued: tallies.queued[unit],
    dropped: tallies.dropped[unit],
  }
}

function percentile(histogram: RecordableHistogram, rank: number): number {
  return histogram.count === 0 ? 0 : histogram.percentile(rank)
}

function zero(): Tally {
  return { lines: 0, bytes: 0 }
}

interface Rate {
  lines: number
  perSecond: number
  perMinute: number
}

/** Lines a second by key: looks at the counters once a second. The minute's rate decays as Unix load. */
export class RateMeter {
  readonly #batcher: LogBatcher
  readonly #rates = new Map<KeyCounters, Rate>()
  readonly #timer: NodeJS.Timeout
  #lastTick = performance.now()

  constructor(batcher: LogBatcher) {
    this.#batcher = batcher
    for (const key of batcher.accounts.keys.values()) this.#begin(key, key.received.lines)
    this.#timer = setInterval(() => this.#tick(), 1000).unref()
  }

  of(key: KeyCounters): Readonly<Omit<Rate, 'lines'>> {
    return this.#rates.get(key) ?? { perSecond: 0, perMinute: 0 }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #begin(key: KeyCounters, lines: number): Rate {
    const rate = { lines, perSecond: 0, perMinute: 0 }
    this.#rates.set(key, rate)
    return rate
  }

  #tick(): void {
    const now = performance.now()
    const seconds = (now - this.#lastTick) / 1000
    this.#lastTick = now
    const weight = 1 - Math.exp(-seconds / 60)
    for (const key of this.#batcher.accounts.keys.values()) {
      const rate = this.#rates.get(key) ?? this.#begin(key, 0)
      rate.perSecond = (key.received.lines - rate.lines) / seconds
      rate.perMinute += (rate.perSecond - rate.perMinute) * weight
      rate.lines = key.received.lines
    }
  }
}
