// Makes text safe for a terminal. What a program logged may hold sequences that move the cursor, set the
// title, write to the clipboard or make the terminal type; none of them may reach the person reading.
//
//   text --> [ complete sequences, their bodies included | single control characters ] --> dropped
//        \-> tab, newline, SGR (colors) and everything printable ------------------------> kept
//
// A sequence that never ends loses its first characters only: what follows is shown, so that nothing
// can hide the rest of a line. https://www.invisible-island.net/xterm/ctlseqs/ctlseqs.html

export interface CleanOptions {
  /** Keep SGR sequences (colors and weights). */
  readonly colors: boolean
}

// Everything that is not kept as it is. Tab and newline are missing on purpose.
const SUSPECT =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const ESC = 0x1b
const BEL = 0x07
const CAN = 0x18
const SUB = 0x1a
const BACKSLASH = 0x5c

// The second character of an escape sequence, and the C1 character (8 bit) with the same meaning.
const CSI = { seven: 0x5b, eight: 0x9b }
const ST_EIGHT = 0x9c
const STRINGS_SEVEN = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f])
const STRINGS_EIGHT = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f])

/** Longest SGR that is kept; longer ones are no color that a program meant. */
const SGR_LENGTH_MAX = 64
const SGR_BODY = /^[0-9;:]*m$/

/** Returns `text` without what a terminal would act on, except tab, newline and (if wanted) SGR. */
export function cleanText(text: string, options: CleanOptions): string {
  if (!SUSPECT.test(text)) return text
  let clean = ''
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === ESC || (code >= 0x80 && code <= 0x9f)) {
      const end = sequenceEnd(text, at)
      if (options.colors && isSgr(text, at, end)) clean += text.slice(at, end)
      at = end
      continue
    }
    const char = text[at]!
    if (code === 0x2028 || code === 0x2029) clean += ' '
    else if (!SUSPECT.test(char)) clean += char
    at += 1
  }
  return clean
}

/** True if the text holds an SGR sequence that {@link cleanText} keeps. */
export function hasColors(text: string): boolean {
  return text.includes('\u001b[')
}

// Where the sequence that begins at `at` ends. It is at least one character long.
function sequenceEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code !== ESC) {
    if (code === CSI.eight) return csiEnd(text, at + 1)
    if (STRINGS_EIGHT.has(code)) return stringEnd(text, at + 1)
    return at + 1
  }
  const next = text.charCodeAt(at + 1)
  if (next === CSI.seven) return csiEnd(text, at + 2)
  if (STRINGS_SEVEN.has(next)) return stringEnd(text, at + 2)
  let end = at + 1
  while (isWithin(text.charCodeAt(end), 0x20, 0x2f)) end += 1
  return isWithin(text.charCodeAt(end), 0x30, 0x7e) ? end + 1 : end
}

// CSI: parameters, intermediates, one final character. Without a final one only what was read is dropped.
function csiEnd(text: string, from: number): number {
  let end = from
  while (isWithin(text.charCodeAt(end), 0x30, 0x3f)) end += 1
  while (isWithin(text.charCodeAt(end), 0x20, 0x2f)) end += 1
  return isWithin(text.charCodeAt(end), 0x40, 0x7e) ? end + 1 : end
}

// OSC, DCS, SOS, PM, APC: a body up to ST or BEL. CAN, SUB and a new sequence cut it off; a newline or the
// end of the text means that it was never ended. Every introducer ends the search of the one before it,
// so the whole walk stays linear.
function stringEnd(text: string, from: number): number {
  for (let end = from; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === BEL || code === ST_EIGHT || code === CAN || code === SUB) return end + 1
    if (code === ESC) return text.charCodeAt(end + 1) === BACKSLASH ? end + 2 : end
    if (isWithin(code, 0x80, 0x9f)) return end
    if (code === 0x0a) return from
  }
  return from
}

function isSgr(text: string, at: number, end: number): boolean {
  if (text.charCodeAt(at) !== ESC || text.charCodeAt(at + 1) !== CSI.seven) return false
  return end - at <= SGR_LENGTH_MAX && SGR_BODY.test(text.slice(at + 2, end))
}

// Not-a-number (the end of the text) is within nothing.
function isWithin(code: number, low: number, high: number): boolean {
  return code >= low && code <= high
}
