// Times as viewers want them: here, in UTC, or how long ago.

export const TIME_STYLES = ['local', 'utc', 'relative'] as const
export type TimeStyle = (typeof TIME_STYLES)[number]

const pad = (value: number, width: number = 2): string => String(value).padStart(width, '0')

/** A time of day with milliseconds; `nowMs` is only looked at for `relative`. */
export function timeText(ts: string, style: TimeStyle, nowMs: number): string {
  const at = new Date(ts)
  if (style === 'relative') return agoText(nowMs - at.getTime())
  if (style === 'utc') return ts.slice(11, 23)
  const ms = pad(at.getMilliseconds(), 3)
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${ms}`
}

/** The day a time belongs to. */
export function dayText(ts: string, style: TimeStyle): string {
  if (style === 'utc') return ts.slice(0, 10)
  const at = new Date(ts)
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
}

/** A time to the second; of gaps, ranges and titles. */
export function clockText(ts: string, style: TimeStyle): string {
  return timeText(ts, style === 'utc' ? 'utc' : 'local', 0).slice(0, 8)
}

/** Day and time, and where that holds. */
export function fullTimeText(ts: string, style: TimeStyle): string {
  if (style === 'utc') return `${ts.slice(0, 10)} ${ts.slice(11, 26)} UTC`
  const minutes = -new Date(ts).getTimezoneOffset()
  const zone = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`
  return `${dayText(ts, style)} ${timeText(ts, 'local', 0)}${ts.slice(23, 26)} ${zone}`
}

function agoText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms ago`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s ago`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} m ago` : `${Math.floor(hours / 24)} d ago`
}
