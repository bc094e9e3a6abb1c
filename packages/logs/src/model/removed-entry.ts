// What retention took before a reader has seen it, told as a gap entry in the place where it was.
import type { Entry } from './entry.js'
import { OWN_SOURCE } from './source-name.js'

/** A gap from behind `afterSeq` to `horizon`, up to which nothing is left. */
export function removedEntry(afterSeq: number, horizon: number, lines: number): Entry {
  const ts = Date.now() * 1000
  const span = { from_n: 0, to_n: 0, from_seq: afterSeq + 1, to_seq: horizon }
  return {
    seq: horizon,
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
