// What the charts keep of one look at the batcher: numbers only, and of a bounded number of sources.
import type { HeroProcClient } from '@hero/sdk/browser'

export type Stats = Awaited<ReturnType<HeroProcClient['logBatcher']['stats']>>

export interface Sample {
  /** Lines a second of the busiest sources. */
  readonly rates: ReadonlyMap<string, number>
  /** Of all sources. */
  readonly rate: number
  /** Lines lost a second since the look before, by reason. */
  readonly drops: ReadonlyMap<string, number>
  readonly queueBytes: number
  readonly flushP50Ms: number
  readonly flushP99Ms: number
  readonly commitP99Ms: number
  readonly walBytes: number
  readonly busyPercent: number
}

/** Sources whose rates one sample holds. */
const RATES_MAX = 32

/** What was seen, and when. */
export interface Look {
  readonly stats: Stats
  readonly atMs: number
}

/** Reads one sample; `before` is the look that came before it. */
export function readSample({ stats, atMs }: Look, before?: Look): Sample {
  const rates = ratesOf(stats)
  const busiest = [...rates].toSorted((a, b) => b[1] - a[1]).slice(0, RATES_MAX)
  return {
    rates: new Map(busiest),
    rate: [...rates.values()].reduce((sum, rate) => sum + rate, 0),
    drops: before === undefined ? new Map() : dropsBetween(before.stats, stats, atMs - before.atMs),
    queueBytes: stats.queue.bytes,
    flushP50Ms: stats.flush.p50_ms,
    flushP99Ms: stats.flush.p99_ms,
    commitP99Ms: stats.writer.commit_p99_ms,
    walBytes: stats.store.wal_bytes,
    busyPercent: stats.writer.busy_ratio * 100,
  }
}

/** A producer's name without how it came: `pty:web` is `web`. */
export function sourceOf(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}

function ratesOf({ sources }: Stats): Map<string, number> {
  const rates = new Map<string, number>()
  for (const [key, { rate_1s: rate }] of Object.entries(sources)) {
    if (rate > 0) rates.set(sourceOf(key), (rates.get(sourceOf(key)) ?? 0) + rate)
  }
  return rates
}

function dropsBetween(before: Stats, now: Stats, ms: number): Map<string, number> {
  const drops = new Map<string, number>()
  for (const [reason, lines] of Object.entries(now.totals.dropped_by)) {
    const more = lines - (before.totals.dropped_by[reason] ?? 0)
    if (more > 0 && ms > 0) drops.set(reason, (more * 1_000) / ms)
  }
  return drops
}
