// The level in a line that is a JSON object: the value of a level key of the object itself, not of one
// inside it and not of text that only looks like one. Bytes are walked, nothing is parsed or decoded.
import { LEVEL_NONE } from './level.js'
import { JSON_KEYS, KIND_BITS, LEVEL_WORDS, numberLevel } from './level-words.js'

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
/** Bytes of a string that are looked at one by one. */
const WALKED_BYTES = 24

/** Says if `bytes[start, limit)`, which begins with `{`, goes on like a JSON object. */
export function looksLikeJson(bytes: Buffer, start: number, limit: number): boolean {
  const next = skipSpace(bytes, start + 1, limit)
  return next < limit && (bytes[next] === QUOTE || bytes[next] === 125) /* } */
}

/** Returns the level number in the JSON object that begins at `start`; looks no further than `limit`. */
export function findJsonLevel(bytes: Buffer, start: number, limit: number): number {
  let depth = 0
  let i = start
  while (i < limit) {
    const byte = bytes[i]!
    if (byte === QUOTE) {
      const close = closingQuote(bytes, i + 1, limit)
      if (depth === 1 && JSON_KEYS.find(bytes, i + 1, close) >= 0) {
        const colon = skipSpace(bytes, close + 1, limit)
        if (colon < limit && bytes[colon] === 58) {
          const level = valueLevel(bytes, skipSpace(bytes, colon + 1, limit), limit)
          if (level !== LEVEL_NONE) return level
        }
      }
      i = close
    } else if (byte === 123 || byte === 91 /* { [ */) depth++
    else if ((byte === 125 || byte === 93) /* } ] */ && --depth === 0) return LEVEL_NONE
    i++
  }
  return LEVEL_NONE
}

// A string or a number, complete before the limit.
function valueLevel(bytes: Buffer, start: number, limit: number): number {
  if (start >= limit) return LEVEL_NONE
  if (bytes[start] !== QUOTE)
    return digitsLevel(bytes, start, endOfDigits(bytes, start, limit), limit)
  const close = closingQuote(bytes, start + 1, limit)
  if (close >= limit) return LEVEL_NONE
  const from = skipEscapedColor(bytes, start + 1, close)
  let stop = from
  while (stop < close && bytes[stop] !== BACKSLASH) stop++
  const found = LEVEL_WORDS.find(bytes, from, stop)
  if (found >= 0) return found >> KIND_BITS
  return digitsLevel(bytes, from, close, limit)
}

function digitsLevel(bytes: Buffer, start: number, stop: number, limit: number): number {
  if (stop >= limit || stop === start || stop - start > 2) return LEVEL_NONE
  let value = 0
  for (let i = start; i < stop; i++) {
    if (!isDigit(bytes[i]!)) return LEVEL_NONE
    value = value * 10 + bytes[i]! - 48
  }
  return bytes[stop] === 46 /* . */ ? LEVEL_NONE : numberLevel(value)
}

function endOfDigits(bytes: Buffer, start: number, limit: number): number {
  let i = start
  while (i < limit && isDigit(bytes[i]!)) i++
  return i
}

// `[32m`: a color that was put in before the text became JSON.
function skipEscapedColor(bytes: Buffer, start: number, close: number): number {
  if (bytes[start] !== BACKSLASH || bytes[start + 1] !== 117 /* u */) return start
  const end = bytes.indexOf(109 /* m */, start)
  return end >= 0 && end < close && end - start <= 16 ? end + 1 : start
}

// The place of the quote that ends a string, `limit` if there is none before it. Keys and short values
// are walked; the end of long text is found faster by asking for the next quote.
function closingQuote(bytes: Buffer, start: number, limit: number): number {
  const near = Math.min(limit, start + WALKED_BYTES)
  let i = start
  while (i < near && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1
  if (i >= limit) return limit
  if (bytes[i] === QUOTE) return i
  let quote = bytes.indexOf(QUOTE, i)
  while (quote >= 0 && quote < limit && isEscaped(bytes, start, quote)) {
    quote = bytes.indexOf(QUOTE, quote + 1)
  }
  return quote >= 0 && quote < limit ? quote : limit
}

// An odd number of backslashes comes right before.
function isEscaped(bytes: Buffer, start: number, quote: number): boolean {
  let i = quote
  while (i > start && bytes[i - 1] === BACKSLASH) i--
  return (quote - i) % 2 === 1
}

function skipSpace(bytes: Buffer, start: number, limit: number): number {
  let i = start
  while (i < limit && bytes[i] === SPACE) i++
  return i
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
