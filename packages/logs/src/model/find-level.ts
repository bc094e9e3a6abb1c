// The level of a line, found in its bytes without decoding it: `<N>` prefix, JSON, marks of certain
// loggers, then a level word in the first 64 bytes in a position where loggers put one. The text stays
// untouched. docs/reference/levels.md has the rules.
import { findJsonLevel, looksLikeJson } from './json-level.js'
import { LEVEL_NONE } from './level.js'
import { skipEscapes } from './terminal-escape.js'
import { findWordLevel } from './word-level.js'

/** How far into a line a level is looked for, bytes. */
const REACH = 64
/** JSON objects often carry a time and a name before the level. */
const REACH_JSON = 512

/** Returns the level number of the line in `bytes[start, end)`, {@link LEVEL_NONE} if none is found. */
export function findLevel(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + REACH)
  const from = skipEscapes(bytes, start, limit)
  if (from >= limit) return LEVEL_NONE
  const first = bytes[from]!
  if (first === 60 /* < */) {
    const level = priorityLevel(bytes, from, limit)
    if (level !== LEVEL_NONE) return level
  } else if (first === 123 /* { */) {
    if (looksLikeJson(bytes, from, limit)) {
      return findJsonLevel(bytes, from, Math.min(end, start + REACH_JSON))
    }
  } else if (first === 73 || first === 87 || first === 69 || first === 70 /* I W E F */) {
    const level = klogLevel(bytes, from, limit)
    if (level !== LEVEL_NONE) return level
  }
  const level = findWordLevel(bytes, from, limit, start + REACH)
  if (level !== LEVEL_NONE || !isDigit(first)) return level
  return redisLevel(bytes, from, limit)
}

// `<N>`, N from 0 to 191: systemd's and syslog's; the level is in the low three bits.
function priorityLevel(bytes: Buffer, start: number, limit: number): number {
  const stop = endOfDigits(bytes, start + 1, Math.min(limit, start + 4))
  if (stop === start + 1 || stop >= limit || bytes[stop] !== 62 /* > */) return LEVEL_NONE
  let value = 0
  for (let i = start + 1; i < stop; i++) value = value * 10 + bytes[i]! - 48
  return value <= 191 ? value & 7 : LEVEL_NONE
}

// klog and glog: `E0102 15:04:05` or `E20240102 15:04:05`.
function klogLevel(bytes: Buffer, start: number, limit: number): number {
  const stop = endOfDigits(bytes, start + 1, limit)
  const digits = stop - start - 1
  if ((digits !== 4 && digits !== 8) || stop + 3 >= limit) return LEVEL_NONE
  if (bytes[stop] !== 32 || endOfDigits(bytes, stop + 1, limit) !== stop + 3) return LEVEL_NONE
  if (bytes[stop + 3] !== 58 /* : */) return LEVEL_NONE
  const first = bytes[start]
  return first === 73 ? 6 : first === 87 ? 4 : first === 69 ? 3 : 2
}

// Redis and Valkey: `1234:M 01 Jan 2024 10:00:00.000 * Ready`; the mark follows the milliseconds.
function redisLevel(bytes: Buffer, start: number, limit: number): number {
  const colon = endOfDigits(bytes, start, Math.min(limit, start + 8))
  const mark = colon + 28
  if (bytes[colon] !== 58 || mark + 1 >= limit || bytes[colon + 2] !== 32) return LEVEL_NONE
  if (bytes[mark - 5] !== 46 || bytes[mark - 1] !== 32 || bytes[mark + 1] !== 32) return LEVEL_NONE
  switch (bytes[mark]) {
    case 46: // . debug
    case 45: // - verbose
      return 7
    case 42: // * notice
      return 5
    case 35: // # warning
      return 4
    default:
      return LEVEL_NONE
  }
}

function endOfDigits(bytes: Buffer, start: number, limit: number): number {
  let i = start
  while (i < limit && isDigit(bytes[i]!)) i++
  return i
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
