// A pattern in the form in which no line can make it explode. V8's linear engine takes over from the
// backtracking one where that goes back too often - if it can run the pattern at all: it knows no count
// above 16. So counts are written out, within a bound on what the linear engine has to keep alive; a
// pattern beyond it is taken only if backtracking itself has few ways to go.
// https://v8.dev/blog/non-backtracking-regexp
import { setFlagsFromString } from 'node:v8'
import type { AST } from '@eslint-community/regexpp'
import { childrenOf } from './regex-syntax.js'

setFlagsFromString('--enable-experimental-regexp-engine')
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** The flag that compiles for the linear engine, or throws if that cannot run the pattern. */
const LINEAR = 'l'

/** The highest count that the linear engine takes. */
const COUNT_MAX = 16

/**
 * What the linear engine may have to keep alive at each character of a line. A character weighs 1, a class
 * 2 for each of its ranges, and 1 more what may be left out. Measured at this bound, where every state is
 * alive all the time: 0.06 s of CPU for a line of 10 KB.
 */
const WEIGHT_MAX = 256
const RANGE_WEIGHT = 2

/** Steps of backtracking from one place of a line; 5,000 are 0.07 s for a line of 10 KB. */
const STEPS_MAX = 5_000

export interface LinearForm {
  /** For the backtracking engine. */
  readonly regex: RegExp
  /** For the linear one; undefined if that cannot run it, and backtracking is bounded. */
  readonly linear: RegExp | undefined
}

/**
 * Compiles a pattern so that it takes linear time.
 *
 * @throws {SyntaxError} If it could take long.
 */
export function linearForm(pattern: AST.Pattern): LinearForm {
  if (weightOf(pattern) <= WEIGHT_MAX) {
    const source = write(pattern)
    const linear = tryLinear(source)
    if (linear) return { regex: new RegExp(source), linear }
  }
  if (waysOf(pattern).steps <= STEPS_MAX) {
    return { regex: new RegExp(pattern.raw), linear: undefined }
  }
  throw new SyntaxError(
    `Expected a regular expression that takes linear time, got ${pattern.raw}: use smaller counts`,
  )
}

function tryLinear(source: string): RegExp | undefined {
  try {
    return new RegExp(source, LINEAR)
  } catch {
    return undefined
  }
}

function weightOf(node: AST.Node): number {
  if (node.type === 'Quantifier') {
    const { element, min, max } = node
    const once = weightOf(element)
    return max === Infinity ? (min + 1) * once : max * once + (max - min)
  }
  if (node.type === 'Character') return 1
  if (isLeaf(node)) return RANGE_WEIGHT * rangesOf(node)
  return Math.max(
    1,
    childrenOf(node).reduce((sum, child) => sum + weightOf(child), 0),
  )
}

const SET_RANGES = { any: 4, digit: 1, word: 4, space: 10, property: Infinity } as const

function rangesOf(node: AST.Node): number {
  if (node.type === 'CharacterSet') return SET_RANGES[node.kind] + 1
  if (node.type !== 'CharacterClass') return 1
  return node.elements.reduce((sum, element) => sum + rangesOf(element), node.negate ? 1 : 0)
}

function isLeaf({ type }: AST.Node): boolean {
  return type === 'CharacterClass' || type === 'Character' || type === 'CharacterSet'
}

function write(node: AST.Node): string {
  switch (node.type) {
    case 'Pattern':
      return node.alternatives.map(write).join('|')
    case 'Group':
    case 'CapturingGroup':
      return `(?:${node.alternatives.map(write).join('|')})`
    case 'Alternative':
      return node.elements.map(write).join('')
    case 'Quantifier':
      return writeCount(node)
    default:
      return node.raw
  }
}

function writeCount({ element, min, max }: AST.Quantifier): string {
  const one = write(element)
  const chunk = holdsCount(element) ? 1 : COUNT_MAX
  if (max === Infinity) return min === 1 ? `${one}+` : `${writeTimes(one, min, chunk)}${one}*`
  return `${writeTimes(one, min, chunk)}${writeOptional(one, max - min, chunk)}`
}

function writeTimes(one: string, count: number, chunk: number): string {
  if (chunk === 1) return `(?:${one})`.repeat(count)
  const rest = count % chunk
  return `${`${one}{${chunk}}`.repeat(Math.floor(count / chunk))}${rest > 0 ? `${one}{${rest}}` : '(?:)'}`
}

function writeOptional(one: string, count: number, chunk: number): string {
  if (chunk === 1) return `(?:${one})?`.repeat(count)
  const rest = count % chunk
  return `${`${one}{0,${chunk}}`.repeat(Math.floor(count / chunk))}${rest > 0 ? `${one}{0,${rest}}` : '(?:)'}`
}

// Counts multiply where they are nested: only the innermost ones stay counts.
function holdsCount(node: AST.Node): boolean {
  if (node.type === 'Quantifier' && node.max !== Infinity && node.max > 1) return true
  return childrenOf(node).some(holdsCount)
}

interface Ways {
  /** In how many ways the node can match at one place. */
  readonly ways: number
  /** Characters looked at in trying all of them. */
  readonly steps: number
}

function waysOf(node: AST.Node): Ways {
  if (node.type === 'Quantifier') return repeatedWays(waysOf(node.element), node.min, node.max)
  if (isLeaf(node)) return { ways: 1, steps: 1 }
  if (node.type === 'Assertion') return { ways: 1, steps: 0 }
  const parts = childrenOf(node).map(waysOf)
  if (node.type !== 'Alternative') {
    return parts.reduce((a, b) => ({ ways: a.ways + b.ways, steps: a.steps + b.steps }))
  }
  const none = { ways: 1, steps: 0 }
  return parts.reduce(
    (a, b) => ({ ways: a.ways * b.ways, steps: a.steps + a.ways * b.steps }),
    none,
  )
}

function repeatedWays({ ways, steps }: Ways, min: number, max: number): Ways {
  if (max > STEPS_MAX) return { ways: Infinity, steps: Infinity }
  let total = min === 0 ? 1 : 0
  let totalSteps = 0
  let power = 1
  for (let count = 1; count <= max && totalSteps <= STEPS_MAX; count++) {
    totalSteps += power * steps
    power *= ways
    if (count >= min) total += power
  }
  return { ways: total, steps: totalSteps }
}
