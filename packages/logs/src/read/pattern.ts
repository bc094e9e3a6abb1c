// Search patterns: smart case, and regular expressions that cannot take more than linear time.
import { setFlagsFromString } from 'node:v8'

// V8 then goes on with its linear engine where backtracking explodes; it cannot do that for patterns
// with back-references or look-around, so these are refused.
// https://v8.dev/blog/non-backtracking-regexp
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/**
 * Checks a regular expression of a query.
 *
 * @throws {SyntaxError} If it does not parse, or uses a back-reference or look-around.
 */
export function checkPattern(source: string): void {
  compilePattern(source)
  const bare = source.replaceAll(/\\[^1-9k]/g, '').replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, '')
  const refused = /\\[1-9]|\\k<|\(\?<?[=!]/.exec(bare)
  if (refused) {
    throw new SyntaxError(
      `Expected a regular expression without back-references and look-around, got ${JSON.stringify(refused[0])}`,
    )
  }
}

/** Compiles a regular expression with smart case: an upper-case letter makes it case-sensitive. */
export function compilePattern(source: string): RegExp {
  return new RegExp(source, hasUpperCase(source.replaceAll(/\\./g, '')) ? 'u' : 'iu')
}

/** Compiles a substring to a test with smart case. */
export function containsTest(text: string): (line: string) => boolean {
  if (hasUpperCase(text)) return (line) => line.includes(text)
  const folded = text.toLowerCase()
  return (line) => line.toLowerCase().includes(folded)
}

/** True if smart case means an exact match. */
export function hasUpperCase(text: string): boolean {
  return text !== text.toLowerCase()
}
