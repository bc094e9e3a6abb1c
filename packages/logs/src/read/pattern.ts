// Search patterns: smart case, and regular expressions that cannot take more than linear time.
import { setFlagsFromString } from 'node:v8'

// V8 then goes on with its linear engine where backtracking explodes; it cannot do that for patterns
// with back-references or look-around, so these are refused.
// https://v8.dev/blog/non-backtracking-regexp
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/**
 * Checks a regular expression of a query.
 *
 * @throws {SyntaxError} If it does not parse, or uses a back-reference, look-around or `\\p{...}`.
 */
export function checkPattern(source: string): void {
  patternTest(source)
  const bare = source.replaceAll(/\\[^1-9kpPu]/g, '').replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, '')
  const refused = /\\[1-9]|\\k<|\\[pPu]\{|\(\?<?[=!]/.exec(bare)
  if (refused) {
    throw new SyntaxError(
      `Expected a regular expression without back-references, look-around and \\p{...}, got ${JSON.stringify(refused[0])}`,
    )
  }
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
