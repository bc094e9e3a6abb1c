// The substrings that every line must contain to match a pattern: a search passes over blocks and lines
// without them before it tries the pattern.
import type { AST } from '@eslint-community/regexpp'
import { parseRegex } from './regex-syntax.js'

/** Longer literals choose no better; a repeated one could be any length. */
const LITERAL_LENGTH_MAX = 100

/** What is known of all texts that a node matches. */
interface Known {
  /** The only text that it matches, if there is only one. */
  readonly exact?: string
  readonly prefix: string
  readonly suffix: string
  /** Further substrings. */
  readonly inner: readonly string[]
}

const NOTHING: Known = { prefix: '', suffix: '', inner: [] }

/**
 * Returns substrings that every line must contain to match `regex`; empty if nothing is known. They are
 * spelled as in the pattern: where smart case folds, look for them in the folded line. They hold no lone
 * surrogates and no U+FFFD, so that they can be looked for in the bytes of a line.
 *
 * @throws {SyntaxError} If the pattern is refused.
 */
export function requiredLiterals(regex: string): readonly string[] {
  return literalsOf(parseRegex(regex))
}

/** Returns the same for a pattern that is parsed already. */
export function literalsOf(pattern: AST.Pattern): readonly string[] {
  const known = alternativesOf(pattern.alternatives)
  const found = new Set(allOf(known).flatMap(encodable))
  return [...found].filter(
    (one) => ![...found].some((other) => other !== one && other.includes(one)),
  )
}

function allOf({ exact = '', prefix, suffix, inner }: Known): string[] {
  return [...new Set([exact, prefix, suffix, ...inner])].filter((text) => text !== '')
}

// A lone surrogate, and U+FFFD that stands for bytes that are no UTF-8, have no bytes to look for.
function encodable(text: string): string[] {
  return text.split(/[\ud800-\udfff\ufffd]/u).filter((piece) => piece !== '')
}

function knownOf(node: AST.Node): Known {
  switch (node.type) {
    case 'Character':
      return exactly(String.fromCodePoint(node.value))
    case 'CharacterClass':
      return classOf(node)
    case 'Assertion':
      return exactly('')
    case 'Group':
    case 'CapturingGroup':
      return alternativesOf(node.alternatives)
    case 'Quantifier':
      return repeated(node)
    default:
      return NOTHING
  }
}

function exactly(text: string): Known {
  return { exact: text, prefix: text, suffix: text, inner: [] }
}

// `[.]` is one character; anything else could be many.
function classOf({ negate, elements }: AST.CharacterClass): Known {
  const [only] = elements
  return !negate && elements.length === 1 && only?.type === 'Character' ? knownOf(only) : NOTHING
}

function repeated({ element, min, max }: AST.Quantifier): Known {
  if (max === 0) return exactly('')
  if (min === 0) return NOTHING
  const known = knownOf(element)
  if (max === 1) return known
  const { exact, prefix, suffix, inner } = known
  if (exact === undefined) {
    return { prefix, suffix, inner: min === 1 ? inner : [...inner, suffix + prefix] }
  }
  const count = Math.min(min, Math.ceil(LITERAL_LENGTH_MAX / Math.max(1, exact.length)))
  const text = exact.repeat(count)
  return min === max && count === min ? exactly(text) : { prefix: text, suffix: text, inner: [] }
}

function alternativesOf(alternatives: readonly AST.Alternative[]): Known {
  const branches = alternatives.map(({ elements }) =>
    elements.map(knownOf).reduce(followedBy, exactly('')),
  )
  return branches.reduce(either)
}

function followedBy(a: Known, b: Known): Known {
  if (a.exact !== undefined && b.exact !== undefined) return exactly(a.exact + b.exact)
  return {
    prefix: a.exact === undefined ? a.prefix : a.exact + b.prefix,
    suffix: b.exact === undefined ? b.suffix : a.suffix + b.exact,
    inner: [...a.inner, ...b.inner, a.suffix + b.prefix],
  }
}

function either(a: Known, b: Known): Known {
  if (a.exact !== undefined && a.exact === b.exact) return a
  const [all, others] = [allOf(a), allOf(b)]
  return {
    prefix: sharedPrefix(a.prefix, b.prefix),
    suffix: sharedSuffix(a.suffix, b.suffix),
    inner: [
      ...all.filter((text) => others.some((other) => other.includes(text))),
      ...others.filter((text) => all.some((other) => other.includes(text))),
    ],
  }
}

function sharedPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return a.slice(0, length)
}

function sharedSuffix(a: string, b: string): string {
  let length = 0
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length++
  return a.slice(a.length - length)
}
