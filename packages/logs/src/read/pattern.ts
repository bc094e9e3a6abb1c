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

/** A compiled search for one line. */
export interface LineTest {
  /** True if the line must be given in lower case. */
  readonly folds: boolean
  /** What the line must contain; may be empty. */
  readonly literal: string
  /** What it must fulfil beyond that; null: nothing. */
  readonly matches: ((line: string) => boolean) | null
}

/**
 * Compiles a regular expression with smart case. No flag is used: the linear engine knows neither `i` nor
 * `u`, so a pattern without upper case is tried on the folded line.
 *
 * @throws {SyntaxError} As {@link checkPattern} does.
 */
export function compileRegex(source: string): LineTest {
  const parsed = parseRegex(source)
  const { regex, linear = regex } = linearForm(parsed)
  return {
    folds: !namesUpperCase(parsed),
    literal: literalsOf(parsed).toSorted((a, b) => b.length - a.length)[0] ?? '',
    matches: (line) => (line.length < LONG_LINE ? regex : linear).test(line),
  }
}

/** Compiles a substring with smart case. */
export function compileContains(text: string): LineTest {
  return { folds: text.toLowerCase() === text, literal: text, matches: null }
}

/** As {@link compileRegex}, for lines as they are. */
export function patternTest(source: string): (line: string) => boolean {
  return lineTest(compileRegex(source))
}

/** As {@link compileContains}, for lines as they are. */
export function containsTest(text: string): (line: string) => boolean {
  return lineTest(compileContains(text))
}

function lineTest({ folds, literal, matches }: LineTest): (line: string) => boolean {
  return (line) => {
    const shown = folds ? line.toLowerCase() : line
    return shown.includes(literal) && (matches === null || matches(shown))
  }
}
