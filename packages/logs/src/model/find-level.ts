// The level of a line, found in its bytes without decoding it: `<N>` prefix, JSON, logfmt, then a level
// word in the first 64 bytes in a position where loggers put one. The text stays untouched.
import { LEVEL_NONE } from './level.js'

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
const LONGEST = 11

// Words by first letter and length, so that nearly every word of a line is passed over by one look-up.
// Cases differ in bit 5 alone.
interface Candidate {
  readonly codes: Uint8Array
  readonly level: number
}
const CANDIDATES: Candidate[][] = Array.from({ length: 32 * (LONGEST + 1) }, () => [])
for (const [word, level] of WORDS) {
  const codes = Uint8Array.from(word, (letter) => letter.charCodeAt(0))
  CANDIDATES[candidateSlot(codes[0]!, word.length)]!.push({ codes, level })
}
const LETTER = new Uint8Array(256)
for (let i = 0; i < 26; i++) LETTER[65 + i] = LETTER[97 + i] = 1
const WORD_CHAR = LETTER.slice()
for (let i = 48; i < 58; i++) WORD_CHAR[i] = 1
for (const char of '_-') WORD_CHAR[char.charCodeAt(0)] = 1
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
    if (stop - i >= 3 && stop - i <= LONGEST) {
      const level = levelWord(bytes, i, stop)
      if (level !== LEVEL_NONE && isPlaced(bytes, start, i, stop)) return level
    }
    i = stop
  }
  return LEVEL_NONE
}

function candidateSlot(letter: number, length: number): number {
  return (letter & 31) * (LONGEST + 1) + length
}

function levelWord(bytes: Buffer, start: number, stop: number): number {
  for (const { codes, level } of CANDIDATES[candidateSlot(bytes[start]!, stop - start)]!) {
    let i = 0
    while (i < codes.length && (bytes[start + i]! | 32) === codes[i]) i++
    if (i === codes.length) return level
  }
  return LEVEL_NONE
}

// A level word counts where loggers put it: in capitals, in brackets, followed by ":", as a value of
// level=, or in front. "no error found" in the middle of a sentence does not.
function isPlaced(bytes: Buffer, lineStart: number, start: number, stop: number): boolean {
  const before = start > lineStart ? bytes[start - 1]! : SPACE
  const after = bytes[stop]
  if (isCapitals(bytes, start, stop) && before !== 46 /* . */ && before !== 47 /* / */) return true
  if (before === 91 && after === 93 /* [ ] */) return true
  if (before === 40 && after === 41 /* ( ) */) return true
  if (before === 60 && after === 62 /* < > */) return true
  const isQuoted = before === 34 /* " */
  if (before === 61 /* = */ || (isQuoted && bytes[start - 2] === 61)) {
    return isLevelKey(bytes, lineStart, isQuoted ? start - 2 : start - 1)
  }
  if (after === 58 /* : */ && before === SPACE) return true
  return (
    start === lineStart && after === SPACE && (bytes[start]! | 32) !== 97
  ) /* "alert" is a verb */
}

const SPACE = 32

function isCapitals(bytes: Buffer, start: number, stop: number): boolean {
  for (let i = start; i < stop; i++) if (bytes[i]! >= 97) return false
  return true
}

function isLevelKey(bytes: Buffer, lineStart: number, equals: number): boolean {
  let start = equals
  while (start > lineStart && LETTER[bytes[start - 1]!] === 1) start--
  return /^(?:level|lvl|severity)$/i.test(bytes.toString('latin1', start, equals))
}
