// Search patterns: smart case, and regular expressions that cannot take more than linear time.
import { setFlagsFromString } from 'node:v8'

// V8's linear engine takes over where backtracking explodes, if it can run the pattern at all: it knows
// no back-references, no look-around, and no group that is counted more than 16 times. With the flag `l`
// it says so when a pattern is compiled. https://v8.dev/blog/non-backtracking-regexp
setFlagsFromString('--enable-experimental-regexp-engine')
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** Up to this spread the linear engine writes a counted repetition out. */
const COUNT_SPREAD_MAX = 16

/**
 * Checks a regular expression of a query.
 *
 * @throws {SyntaxError} If it does not parse, uses `\\p{...}`, or could take more than linear time:
 * back-references, look-around, groups counted more than 16 times, several wide counts.
 */
export function checkPattern(source: string): void {
  patternTest(source)
  const refused = /\\[1-9]|\\k<|\\[pPu]\{|\(\?<?[=!]/.exec(withoutClasses(source))
  if (refused) {
    throw new SyntaxError(
      `Expected a regular expression without back-references, look-around and \\p{...}, got ${JSON.stringify(refused[0])}`,
    )
  }
  if (!isLinear(source)) {
    throw new SyntaxError(
      `Expected a regular expression that takes linear time, got ${source}: count groups at most 16 times`,
    )
  }
}

// A counted single character is safe however often, as long as it stands alone: it is taken out before
// the linear engine is asked, which would write it out and refuse it.
function isLinear(source: string): boolean {
  const bare = withoutClasses(source).replaceAll(/\\./g, 'x')
  let wideCounts = 0
  const simple = bare.replaceAll(
    /([^)])\{(\d+)(?:(,)(\d*))?\}/g,
    (_, atom: string, min: string, comma: string | undefined, max: string) => {
      if (comma && max !== '' && Number(max) - Number(min) > COUNT_SPREAD_MAX) wideCounts++
      return comma && max === '' ? `${atom}+` : atom
    },
  )
  if (wideCounts > 1 || (wideCounts === 1 && /\)[*+?{]/.test(bare))) return false
  try {
    // oxlint-disable-next-line no-invalid-regexp
    return new RegExp(simple, 'l') instanceof RegExp
  } catch {
    return false
  }
}

function withoutClasses(source: string): string {
  return source.replaceAll(/\\[^1-9kpPu]/g, 'x').replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, 'x')
}

/**
 * Compiles a regular expression to a test with smart case. No flag is used: the linear engine knows
 * neither `i` nor `u`, so a pattern without upper case is tried on the folded line.
 */
export function patternTest(source: string): (line: string) => boolean {
  const pattern = new RegExp(source)
  if (hasUpperCase(source.replaceAll(/\\./g, ''))) return (line) => pattern.test(line)
  return (line) => pattern.test(line.toLowerCase())
}

/** Compiles a substring to a test with smart case. */
export function containsTest(text: string): (line: string) => boolean {
  if (hasUpperCase(text)) return (line) => line.includes(text)
  const folded = text.toLowerCase()
  return (line) => line.toLowerCase().includes(folded)
}

/** True if smart case means an exact match. */
function hasUpperCase(text: string): boolean {
  return text !== text.toLowerCase()
}
