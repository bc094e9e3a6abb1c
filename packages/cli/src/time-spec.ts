// Times as people write them: RFC 3339, local dates and times, spans back from now, and a few words.
// Everything becomes microseconds since the epoch, the unit in which entries are stamped.
import { usageError } from './exit.js'

const UNITS_US: Readonly<Record<string, number>> = {
  us: 1,
  usec: 1,
  ms: 1_000,
  msec: 1_000,
  s: 1_000_000,
  sec: 1_000_000,
  second: 1_000_000,
  m: 60_000_000,
  min: 60_000_000,
  minute: 60_000_000,
  h: 3_600_000_000,
  hr: 3_600_000_000,
  hour: 3_600_000_000,
  d: 86_400_000_000,
  day: 86_400_000_000,
  w: 604_800_000_000,
  week: 604_800_000_000,
}

// Groups: year, month, day, hour, minute, second, fraction, zone.
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d\d:?\d\d)?)?$/
const TIME = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?$/
const UNIX = /^@(\d{1,12})(?:\.(\d{1,9}))?$/
const SPAN = /^([+-]?)\s*((?:\d+(?:\.\d+)?\s*[a-z]+\s*)+?)(\s+ago)?$/
const SPAN_PIECE = /(\d+(?:\.\d+)?)\s*([a-z]+)/g

/**
 * Returns the time that `text` names, in microseconds since the epoch.
 *
 * A span (`10m`, `2h30m`, `1d ago`, `-10m`) counts back from now, with `+` forward. A date or time without
 * a zone is local.
 *
 * @param nowMs The present, in milliseconds since the epoch.
 * @throws {CliError} Usage, if it is no time.
 */
export function parseTime(text: string, nowMs: number = Date.now()): number {
  const trimmed = text.trim()
  const us =
    parseWord(trimmed.toLowerCase(), nowMs) ??
    parseUnix(trimmed) ??
    parseDateTime(trimmed) ??
    parseTimeOfDay(trimmed, nowMs) ??
    parseSpan(trimmed.toLowerCase(), nowMs)
  if (us === undefined || !Number.isFinite(us)) throw timeError(text)
  // Nothing was logged before 1970, or after the years that a date can hold.
  return Math.min(Math.max(Math.round(us), 0), 8_640_000_000_000_000)
}

function parseWord(word: string, nowMs: number): number | undefined {
  if (word === 'now') return nowMs * 1000
  const days = { yesterday: -1, today: 0, tomorrow: 1 }[word]
  if (days === undefined) return undefined
  const date = new Date(nowMs)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime() * 1000
}

function parseUnix(text: string): number | undefined {
  const match = UNIX.exec(text)
  return match ? Number(match[1]) * 1_000_000 + fractionUs(match[2]) : undefined
}

function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(toNumber)
  const isReal =
    isDay(year, month, day) && hour <= 23 && minute <= 59 && second <= (match[8] ? 60 : 59)
  if (!isReal) throw timeError(text)
  const zone = match[8]
  const ms =
    zone === undefined
      ? new Date(year, month - 1, day, hour, minute, second).getTime()
      : Date.UTC(year, month - 1, day, hour, minute, second) - zoneMs(zone, text)
  return ms * 1000 + fractionUs(match[7])
}

function parseTimeOfDay(text: string, nowMs: number): number | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const [hour = 0, minute = 0, second = 0] = match.slice(1, 4).map(toNumber)
  if (hour > 23 || minute > 59 || second > 59) throw timeError(text)
  const date = new Date(nowMs)
  date.setHours(hour, minute, second, 0)
  return date.getTime() * 1000 + fractionUs(match[4])
}

function parseSpan(text: string, nowMs: number): number | undefined {
  const match = SPAN.exec(text)
  if (!match || (match[1] === '+' && match[3])) return undefined
  let span = 0
  for (const [, count, unit = ''] of match[2]!.matchAll(SPAN_PIECE)) {
    const unitUs = UNITS_US[unit] ?? UNITS_US[unit.replace(/s$/, '')]
    if (unitUs === undefined) return undefined
    span += Number(count) * unitUs
  }
  return nowMs * 1000 + (match[1] === '+' ? span : -span)
}

// A leap day or the 31st of a short month would otherwise become another day.
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1
}

function zoneMs(zone: string, text: string): number {
  if (zone.toUpperCase() === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 23 || minutes > 59) throw timeError(text)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function fractionUs(digits: string | undefined): number {
  return digits === undefined ? 0 : Math.floor(Number(`0.${digits}`) * 1_000_000 + 1e-6)
}

function toNumber(digits: string | undefined): number {
  return Number(digits ?? 0)
}

function timeError(text: string): Error {
  return usageError(
    `Expected a time, got '${text}'`,
    "Examples: 10m, '2h30m ago', yesterday, 14:30, '2026-11-21 14:30', 2026-11-21T14:30:00Z, @1795271400",
  )
}
