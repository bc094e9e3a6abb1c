// What retention took before a viewer has seen it, told as a gap entry in the place where it was.
import { OWN_SOURCE } from '@hero/logs'
import type { Entry } from '@hero/logs'

/** What a cursor has missed. */
export interface Missed {
  readonly lost: number
  readonly oldest_cursor: string
}

/** What the store says in a `MissedRotation`; undefined for any other error. */
export function missedOf(error: unknown): Missed | undefined {
  const { code, details } = error as { code?: unknown; details?: Missed }
  return code === 'MissedRotation' ? details : undefined
}

/** A gap from `afterSeq` to where the store begins now. */
export function removedEntry(afterSeq: number, oldestSeq: number, lines: number): Entry {
  const ts = Date.now() * 1_000
  const span = { from_n: 0, to_n: 0, from_seq: afterSeq + 1, to_seq: oldestSeq }
  return {
    seq: oldestSeq,
    n: 0,
    ts,
    source: OWN_SOURCE,
    origin: 'system',
    stream: 'none',
    level: 'warning',
    run: 0,
    text: `${lines} lines were removed before they could be shown`,
    gap: { ...span, lines, bytes: 0, from_ts: ts, to_ts: ts, reason: 'removed' },
  }
}
