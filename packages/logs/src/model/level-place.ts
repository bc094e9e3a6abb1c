// Whether a level word stands where loggers put one: in capitals, in brackets, followed by ":", as the
// value of level=, or in front of the message. "no error was found" in a sentence does not.
import { ByteWords, KIND, PAIR_KEYS } from './level-words.js'
import { backOverEscapes, skipEscapes } from './terminal-escape.js'

const SPACE = 32
/** Letter words in a row before a level word that make it a part of a sentence. */
const PROSE_WORDS = 2
/** Dashes in a row that begin a heading and no line of a log. */
const RULE_LENGTH = 5
const DASH = 45

const BEFORE_CAPITALS = bytesOf(' \t[(<|,:]){*#>}')
const TIME_MARKS = bytesOf('-.,+TZ[]')
const AFTER_CAPITALS = bytesOf(' \t\r:])|,>[!')

/**
 * Says if the level word `bytes[start, stop)` of the line that begins at `lineStart` is one by its
 * place. Looks at nothing from `limit` on. `kind` is one of {@link KIND}.
 */
export function isPlaced(
  bytes: Buffer,
  lineStart: number,
  start: number,
  stop: number,
  limit: number,
  kind: number,
): boolean {
  const left = backOverEscapes(bytes, lineStart, start)
  const right = skipEscapes(bytes, stop, limit)
  const isFirst = left < lineStart
  const before = isFirst ? SPACE : bytes[left]!
  const after = right < limit ? bytes[right]! : SPACE
  const isBracketed = before === 91 && closesBracket(bytes, right, limit)
  const capitals = isCapitals(bytes, start, stop)
  if (before === 61 /* = */)
    return isPair(bytes, lineStart, left, kind) || (left === lineStart && capitals)
  if (before === 34 /* " */ && left > lineStart && bytes[left - 1] === 61) {
    return isPair(bytes, lineStart, left - 1, kind)
  }
  if (kind === KIND.bracketed) return isBracketed
  if (kind === KIND.leading) return isFirst && after === 58
  if (capitals) {
    if (kind === KIND.colon && after !== 58) return false
    return (
      isAmongHeaders(left > lineStart ? bytes[left - 1]! : SPACE, before, after) &&
      !isProse(bytes, lineStart, left, PROSE_WORDS) &&
      !isHeading(bytes, lineStart)
    )
  }
  if (kind >= KIND.short) return false
  if (isFirst) return isInFront(bytes, start, after, kind)
  if (isBracketed || isEnclosed(before, after)) return !isProse(bytes, lineStart, left, PROSE_WORDS)
  if (!isSpace(before)) return false
  if (after === 58 || colonFollows(bytes, right, limit)) return !isProse(bytes, lineStart, left, 1)
  return isSpace(after) && followsHeader(bytes, lineStart, left, before, after, kind)
}

// Capitals: `[INFO]`, `INFO[0000]`, `app.ERROR:`, `[main/INFO]`, `"ERROR",`; not `/ERROR`, `"ERROR"`, `DEBUG=1`.
function isAmongHeaders(secondBefore: number, before: number, after: number): boolean {
  if (before === 46 /* . */) return after === 58
  if (before === 47 /* / */) return after === 93
  if (before === 34 /* " */) return after === 34 && secondBefore === 44
  if (after === 47 /* / */) return secondBefore === 58 // celery: `...: INFO/MainProcess]`
  return BEFORE_CAPITALS[before] === 1 && AFTER_CAPITALS[after] === 1
}

// `------ STACK TRACE ------`, as in the crash report of Redis, or `-----BEGIN INFO-----`.
function isHeading(bytes: Buffer, lineStart: number): boolean {
  for (let i = lineStart; i < lineStart + RULE_LENGTH; i++) if (bytes[i] !== DASH) return false
  return true
}

// The first word of a line: `error: x`, `warn - x`, `error[E0382]: x`, `Information  9:00`.
function isInFront(bytes: Buffer, start: number, after: number, kind: number): boolean {
  if (after === 58 /* : */) return true
  if (after === 91 /* [ */) return (bytes[start]! | 32) === 101 || (bytes[start]! | 32) === 119
  return kind === KIND.plain && isSpace(after)
}

// `|info|`, `<info>`, `[core:error]`.
function isEnclosed(before: number, after: number): boolean {
  if (before === 60 /* < */) return after === 62
  if (before === 124 /* | */) return after === 124
  return before === 58 /* : */ && after === 93
}

// After a time, between tabs, after stars, or after the name of a tool that is known to write it so.
function followsHeader(
  bytes: Buffer,
  lineStart: number,
  left: number,
  before: number,
  after: number,
  kind: number,
): boolean {
  if (before === 9 && after === 9) return true
  let i = left
  while (i >= lineStart && isSpace(bytes[i]!)) i--
  if (i < lineStart + 2) return false
  if (bytes[i] === 42 && bytes[i - 1] === 42) return true
  return (
    (kind !== KIND.common && endsInTool(bytes, lineStart, i)) || endsInTime(bytes, lineStart, i)
  )
}

const TOOLS = new ByteWords(
  new Map([
    ['npm', 0],
    ['php', 0],
  ]),
)

function endsInTool(bytes: Buffer, lineStart: number, last: number): boolean {
  if (last - 3 >= lineStart && !isSpace(bytes[last - 3]!)) return false
  return TOOLS.find(bytes, last - 2, last + 1) >= 0
}

// `10:00:00`, `2026-01-01T10:00:00.000Z`, `10:00:00,`: digits, with a colon between two of them.
function endsInTime(bytes: Buffer, lineStart: number, last: number): boolean {
  let colons = 0
  for (let i = last; i >= lineStart && !isSpace(bytes[i]!); i--) {
    const byte = bytes[i]!
    if (byte === 58 && i < last && isDigit(bytes[i + 1]!)) colons++
    else if (!isDigit(byte) && TIME_MARKS[byte] === 0) return false
  }
  return colons === 1 || colons === 2 || colons === 3
}

// The key of `key=value` is a level key, and begins where a pair may: not `--log-level=`, not in a sentence.
function isPair(bytes: Buffer, lineStart: number, equals: number, kind: number): boolean {
  if (kind >= KIND.bracketed) return false
  let start = equals
  while (start > lineStart && isKeyByte(bytes[start - 1]!)) start--
  const left = backOverEscapes(bytes, lineStart, start)
  const key = left < start - 1 || left < lineStart ? start : left + 1
  if (PAIR_KEYS.find(bytes, key, equals) < 0) return false
  if (left < lineStart) return true
  const before = bytes[left]!
  return isSpace(before) ? !isProse(bytes, lineStart, left, 1) : before === 91 || before === 44
}

function isKeyByte(byte: number): boolean {
  const letter = byte | 32
  return (letter >= 97 && letter <= 122) || byte === 46 || byte === 45 || byte === 95
}

// At least `count` words of letters alone lie right before `left`, or one as short as "no" or "to".
function isProse(bytes: Buffer, lineStart: number, left: number, count: number): boolean {
  let i = left
  if (i >= lineStart && !isSpace(bytes[i]!)) i--
  for (let words = 0; words < count; words++) {
    while (i >= lineStart && isSpace(bytes[i]!)) i--
    const last = i
    while (i >= lineStart && isLetter(bytes[i]!)) i--
    if (i === last || bytes[last]! < 97) return false
    if (i >= lineStart && !isSpace(bytes[i]!) && bytes[i] !== 124 /* | */) return false
    if (last - i <= 2) return true
  }
  return true
}

function colonFollows(bytes: Buffer, right: number, limit: number): boolean {
  return right + 1 < limit && bytes[right] === SPACE && bytes[right + 1] === 58
}

function closesBracket(bytes: Buffer, right: number, limit: number): boolean {
  let i = right
  while (i < limit && bytes[i] === SPACE) i++
  return i < limit && bytes[i] === 93
}

function isCapitals(bytes: Buffer, start: number, stop: number): boolean {
  for (let i = start; i < stop; i++) if (bytes[i]! >= 97) return false
  return true
}

function isLetter(byte: number): boolean {
  const letter = byte | 32
  return letter >= 97 && letter <= 122
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 9 || byte === 13
}

function bytesOf(chars: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const char of chars) set[char.charCodeAt(0)] = 1
  return set
}
