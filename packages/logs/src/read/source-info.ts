// What is known of a source from its accounts alone, without reading a line.
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
