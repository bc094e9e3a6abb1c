// How deeply JSON text is nested and how many keys its objects have, before it is parsed: a parser would
// first build millions of objects, and an object with a million keys takes seconds to make and to check.

const QUOTE = 0x22
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

export interface JsonBounds {
  /** Levels of arrays and objects. */
  readonly depthMax: number
  /** Keys of one object. */
  readonly keysMax: number
}

/** Says in words what is too much in the text, or undefined. The text need not be valid. */
export function findExcess(text: string, { depthMax, keysMax }: JsonBounds): string | undefined {
  const keys = new Uint32Array(depthMax + 1)
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1
      if (depth > depthMax) return `at most ${depthMax} nested levels`
      keys[depth] = 0
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth > 0) depth -= 1
    } else if (code === COLON) {
      const count = (keys[depth] as number) + 1
      keys[depth] = count
      if (count > keysMax) return `at most ${keysMax} keys in an object`
    }
  }
  return undefined
}

/** The position of the quote that ends the string which begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1
  return (at - first) % 2 === 1
}
