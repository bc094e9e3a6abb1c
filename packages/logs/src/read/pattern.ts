// Search patterns: smart case, and regular expressions that cannot take more than linear time.
import { linearForm } from './linear-form.js'
import { namesUpperCase, parseRegex } from './regex-syntax.js'
import { literalsOf } from './required-literals.js'

/**
 * Lines from this many characters on go to the linear engine at once. It is slower for all that is
 * harmless, but a loop such as that of `x*y` is quadratic without counting as going back.
 */
const LONG_LINE = 4_096

/**
 * Checks a regular expression of a query.
 *
 * @throws {SyntaxError} If it does not parse, uses back-references, look-around or `\\p{...}`, or could
 * take more than linear time because of its counts.
 */
export function checkPattern(source: string): void {
  linearForm(parseRegex(source))
}

/**
 * Compiles a regular expression to a test with smart case. No flag is used: the linear engine knows
 * neither `i` nor `u`, so a pattern without upper case is tried on the folded line.
 *
 * @throws {SyntaxError} As {@link checkPattern} does.
 */
export function patternTest(source: string): (line: string) => boolean {
  const parsed = parseRegex(source)
  const { regex, linear = regex } = linearForm(parsed)
  const literal = literalsOf(parsed).toSorted((a, b) => b.length - a.length)[0] ?? ''
  const test = (line: string): boolean =>
    line.includes(literal) && (line.length < LONG_LINE ? regex : linear).test(line)
  return namesUpperCase(parsed) ? test : (line) => test(line.toLowerCase())
}

/** Compiles a substring to a test with smart case. */
export function containsTest(text: string): (line: string) => boolean {
  const folded = text.toLowerCase()
  if (folded !== text) return (line) => line.includes(text)
  return (line) => line.toLowerCase().includes(folded)
}
