// The level of a line, found in its bytes without decoding it: `<N>` prefix, JSON, logfmt, then a level
// word in the first 64 bytes in a position where loggers put one. The text stays untouched.
import { LEVEL_NONE } from '../model/level.js'

/** How far into a line a level is looked for, bytes. */
const REACH = 64
/** JSON objects often carry a time and a name before the level. */
const REACH_JSON = 512

const WORDS: ReadonlyMap<string, number> = new Map([
  ['emerg', 0],
  ['emergency', 0],
  ['panic', 0],
  ['alert', 1],
  ['crit', 2],
  ['critical', 2],
  ['fatal', 2],
  ['error', 3],
  ['err', 3],
  ['severe', 3],
  ['failure', 3],
  ['warning', 4],
  ['warn', 4],
  ['notice', 5],
  ['info', 6],
  ['information', 6],
  ['debug', 7],
  ['verbose', 7],
  ['trace', 8],
])
/** Pino's numbers: https://github.com/pinojs/pino/blob/main/docs/api.md#levels */
const PINO: Readonly<Record<string, number>> = { 10: 8, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 }
const FIRST_LETTERS = new Uint8Array(256)
for (const word of WORDS.keys()) {
  FIRST_LETTERS[word.charCodeAt(0)] = 1
  FIRST_LETTERS[word.charCodeAt(0) - 32] = 1
}
const LETTER = new Uint8Array(256)
for (let i = 0; i < 26; i++) LETTER[65 + i] = LETTER[97 + i] = 1
const WORD_CHAR = LETTER.slice()
for (let i = 48; i < 58; i++) WORD_CHAR[i] = 1
for (const char of '_-') WORD_CHAR[char.charCodeAt(0)] = 1
const LONGEST = 11

/** Returns the level number of the line in `bytes[start, end)`, {@link LEVEL_NONE} if none is found. */
export function findLevel(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]
  if (first === 60 /* < */) {
    const level = prefixLevel(bytes, start, end)
    if (level !== LEVEL_NONE) return level
  }
  if (first === 123 /* { */) return jsonLevel(bytes, start, end)
  return wordLevel(bytes, start, Math.min(end, start + REACH))
}

// `<N>`, N from 0 to 191: systemd's and syslog's; the level is in the low three bits.
function prefixLevel(bytes: Buffer, start: number, end: number): number {
  let value = 0
  for (let i = start + 1; i < end && i < start + 5; i++) {
    const digit = bytes[i]! - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else return bytes[i] === 62 /* > */ && i > start + 1 && value <= 191 ? value & 7 : LEVEL_NONE
  }
  return LEVEL_NONE
}

const JSON_LEVEL = /"(?:level|severity|lvl|levelname|log\.level)"\s*:\s*(?:"([A-Za-z]+)"|(\d+))/

function jsonLevel(bytes: Buffer, start: number, end: number): number {
  const match = JSON_LEVEL.exec(bytes.toString('latin1', start, Math.min(end, start + REACH_JSON)))
  if (!match) return LEVEL_NONE
  if (match[1] !== undefined) return WORDS.get(match[1].toLowerCase()) ?? LEVEL_NONE
  return PINO[match[2]!] ?? (match[2]!.length === 1 ? Number(match[2]) : LEVEL_NONE)
}

function wordLevel(bytes: Buffer, start: number, end: number): number {
  let i = start
  while (i < end) {
    const byte = bytes[i]!
    if (WORD_CHAR[byte] === 0) {
      i++
      continue
    }
    let stop = i + 1
    while (stop < end && WORD_CHAR[bytes[stop]!] === 1) stop++
    if (FIRST_LETTERS[byte] === 1 && stop - i >= 3 && stop - i <= LONGEST) {
      const level = wordAt(bytes, start, i, stop)
      if (level !== LEVEL_NONE) return level
    }
    i = stop
  }
  return LEVEL_NONE
}

// A level word counts where loggers put it: in capitals, in brackets, followed by ":" or as a value of
// level=. "no error found" in the middle of a sentence does not.
function wordAt(bytes: Buffer, lineStart: number, start: number, stop: number): number {
  const word = bytes.toString('latin1', start, stop)
  const level = WORDS.get(word) ?? WORDS.get(word.toLowerCase())
  if (level === undefined) return LEVEL_NONE
  const before = start > lineStart ? bytes[start - 1]! : 32
  const after = bytes[stop]
  const isCapitals = word === word.toUpperCase()
  if (isCapitals && before !== 46 /* . */ && before !== 47 /* / */) return level
  if ((before === 91 && after === 93) || (before === 40 && after === 41) || (before === 60 && after === 62)) return level
  if (before === 61 /* = */ || (before === 34 && bytes[start - 2] === 61)) {
    return isLevelKey(bytes, lineStart, before === 34 ? start - 2 : start - 1) ? level : LEVEL_NONE
  }
  if (after === 58 /* : */ && before === 32) return level
  return start === lineStart && after === 32 && word !== 'alert' ? level : LEVEL_NONE
}

function isLevelKey(bytes: Buffer, lineStart: number, equals: number): boolean {
  let start = equals
  while (start > lineStart && LETTER[bytes[start - 1]!] === 1) start--
  return /^(?:level|lvl|severity)$/i.test(bytes.toString('latin1', start, equals))
}
