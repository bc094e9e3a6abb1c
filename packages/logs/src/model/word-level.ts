// A level word in the first bytes of a line. A scan of one table look-up a byte stops at whatever may
// begin such a word; what it stopped at is then looked at closely (level-place.ts).
import { LEVEL_NONE } from './level.js'
import { isPlaced } from './level-place.js'
import { KIND_BITS, KIND_MASK, LEVEL_WORD_HEADS, LEVEL_WORDS } from './level-words.js'
import { skipEscape } from './terminal-escape.js'

const ESCAPE = 27
const PERCENT = 37

// Every byte as five bits: letters 1 to 26 in either case, other bytes of words 27, then those that need
// a look by themselves; everything else separates words and is 0.
const CODE = new Uint8Array(256)
const IN_WORD = 27
const OWN = 30
for (let i = 1; i <= 26; i++) CODE[64 + i] = CODE[96 + i] = i
for (const char of '0123456789_-') CODE[char.charCodeAt(0)] = IN_WORD
// 1 for the bytes of words.
const WORD = CODE.map((code) => (code === 0 ? 0 : 1))
CODE[ESCAPE] = CODE[PERCENT] = OWN
// By the codes of three bytes in a row. 1: the front of a word and two letters that begin a level word;
// the scan then looks whether the third letter goes on with it, too. 2: a byte of its own.
const STOPS = new Uint8Array(32 ** 3)
const HEADS = new Uint8Array(32 ** 3)
for (const head of LEVEL_WORD_HEADS) {
  const [first, second, third] = Array.from(head, (letter) => CODE[letter.charCodeAt(0)]!)
  STOPS[(first! << 5) | second!] = 1
  HEADS[(first! << 10) | (second! << 5) | third!] = 1
}
for (let i = OWN; i < STOPS.length; i += 32) STOPS[i] = 2

/**
 * Returns the number of the first placed level word in `bytes[start, limit)`. A word that reaches up to
 * `reach`, where looking ends whatever the line's length, may go on there: it is none.
 */
export function findWordLevel(bytes: Buffer, start: number, limit: number, reach: number): number {
  let i = nextStop(bytes, start, limit, 0)
  while (i < limit) {
    const byte = bytes[i]!
    if (byte === ESCAPE) {
      i = nextStop(bytes, skipEscape(bytes, i, limit), limit, 0)
      continue
    }
    const first = byte === PERCENT ? i + 1 : i - 1
    const stop = endOfWord(bytes, i + 1, limit)
    if (stop === reach) return LEVEL_NONE
    const level =
      byte === PERCENT
        ? ciscoLevel(bytes, first, stop)
        : wordLevel(bytes, start, first, stop, limit)
    if (level !== LEVEL_NONE) return level
    i = nextStop(bytes, stop, limit, IN_WORD)
  }
  return LEVEL_NONE
}

// The hot loop: no call inside it.
function nextStop(bytes: Buffer, start: number, limit: number, before: number): number {
  let last = before
  for (let i = start; i < limit; i++) {
    last = ((last & 0x3ff) << 5) | CODE[bytes[i]!]!
    const stop = STOPS[last]!
    if (stop === 0) continue
    if (stop === 2) return i
    const next = i + 1 < limit ? CODE[bytes[i + 1]!]! : 0
    if (HEADS[((last & 0x3ff) << 5) | next] === 1) return i
  }
  return limit
}

function wordLevel(
  bytes: Buffer,
  lineStart: number,
  start: number,
  stop: number,
  limit: number,
): number {
  const found = LEVEL_WORDS.find(bytes, start, stop)
  if (found < 0 || !isPlaced(bytes, lineStart, start, stop, limit, found & KIND_MASK))
    return LEVEL_NONE
  return found >> KIND_BITS
}

function endOfWord(bytes: Buffer, start: number, limit: number): number {
  let i = start
  while (i < limit && WORD[bytes[i]!] === 1) i++
  return i
}

// `%SYS-5-CONFIG_I`: facility, level, mnemonic, all in capitals.
function ciscoLevel(bytes: Buffer, start: number, stop: number): number {
  for (let i = start + 1; i + 3 < stop; i++) {
    const byte = bytes[i]!
    if (byte >= 97) return LEVEL_NONE
    const level = bytes[i + 1]! - 48
    if (byte === 45 && level >= 0 && level <= 7 && bytes[i + 2] === 45 && bytes[i + 3]! >= 65) {
      return level
    }
  }
  return LEVEL_NONE
}
