// What is known of a source from its accounts alone, without reading a line.
import { LEVELS } from '../model/level.js'
import type { Level } from '../model/level.js'
import type { SourceExtent } from './source-extents.js'
import type { KeySnapshot } from '../batch/batch-message.js'

/** One source, over all its origins and restarts. */
export interface SourceInfo {
  readonly source: string
  readonly origins: readonly string[]
  /** Lines ever received, of them accepted, and dropped. */
  readonly received: number
  readonly sent: number
  readonly dropped: number
  readonly last_n: number
  readonly last_run: number
}

/** Sums the accounts of keys by source. */
export function sourceInfos(snapshots: readonly KeySnapshot[]): SourceInfo[] {
  const bySource = new Map<string, KeySnapshot[]>()
  for (const snapshot of snapshots) {
    const known = bySource.get(snapshot.source)
    if (known) known.push(snapshot)
    else bySource.set(snapshot.source, [snapshot])
  }
  return [...bySource].map(([source, keys]) => {
    const received = keys.reduce((sum, key) => sum + key.received.lines, 0)
    const dropped = keys.reduce((sum, key) => sum + key.dropped.lines, 0)
    return {
      source,
      origins: keys.map(({ origin }) => origin),
      received,
      sent: received - dropped,
      dropped,
      last_n: Math.max(...keys.map(({ lastN }) => lastN)),
      last_run: Math.max(...keys.map(({ lastRun }) => lastRun)),
    }
  })
}

/** A source with what is stored of it. */
export interface SourceDetails extends SourceInfo {
  /** Lines and bytes of text and fields that can be read. */
  readonly lines: number
  readonly bytes: number
  /** Null when nothing of it can be read. */
  readonly first_seq: number | null
  readonly last_seq: number | null
  /** Lowest and highest, microseconds since the epoch. */
  readonly first_ts: number | null
  readonly last_ts: number | null
  /** Levels that occur, most severe first. */
  readonly levels: readonly Level[]
  /** Lines a second over the last minute. */
  readonly rate_1m: number
}

/** Joins accounts, extents and rates by source. */
export function sourceDetails(
  infos: readonly SourceInfo[],
  extents: ReadonlyMap<string, SourceExtent>,
  rateOf: (source: string) => number,
): SourceDetails[] {
  return infos.map((info) => {
    const extent = extents.get(info.source)
    return {
      ...info,
      lines: extent?.lines ?? 0,
      bytes: extent?.bytes ?? 0,
      first_seq: extent?.first_seq ?? null,
      last_seq: extent?.last_seq ?? null,
      first_ts: extent?.first_ts ?? null,
      last_ts: extent?.last_ts ?? null,
      levels: LEVELS.filter((_, i) => ((extent?.levels ?? 0) & (1 << i)) !== 0),
      rate_1m: rateOf(info.source),
    }
  })
}
