// Ranges of time: those that are offered, and how one reads.
import { clockText, dayText } from '../../text/times.js'
import type { TimeStyle } from '../../text/times.js'

const MINUTE_MS = 60_000

export const SPANS: readonly { readonly name: string; readonly ms: number }[] = [
  { name: 'Last 5 min', ms: 5 * MINUTE_MS },
  { name: 'Last 15 min', ms: 15 * MINUTE_MS },
  { name: 'Last hour', ms: 60 * MINUTE_MS },
  { name: 'Last 6 hours', ms: 360 * MINUTE_MS },
  { name: 'Last day', ms: 1_440 * MINUTE_MS },
  { name: 'Last week', ms: 10_080 * MINUTE_MS },
]

/** `10:02:11 - 10:05:40`, with the day where it is another one. */
export function rangeText(
  since: string | undefined,
  until: string | undefined,
  style: TimeStyle,
): string {
  const today = dayText(new Date().toISOString(), style)
  const one = (ts: string): string => {
    const day = dayText(ts, style)
    return `${day === today ? '' : `${day} `}${clockText(ts, style)}`
  }
  if (until === undefined) return since === undefined ? 'All time' : `since ${one(since)}`
  return since === undefined ? `until ${one(until)}` : `${one(since)} \u2013 ${one(until)}`
}
