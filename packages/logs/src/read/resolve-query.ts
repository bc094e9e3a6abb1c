// Checks a query at the edge and completes it: below this file nothing is optional. A resolved query is
// plain data that crosses to the reader worker.
import { ORIGINS, STREAMS } from '../model/entry.js'
import { decodeCursor } from '../model/cursor.js'
import { LEVELS } from '../model/level.js'
import type { Level } from '../model/level.js'
import { LIMITS } from '../model/limits.js'
import { fieldConditions } from './fields.js'
import type { FieldCondition } from './fields.js'
import { levelSpan } from './level-span.js'
import { checkPattern } from './pattern.js'
import type { Query } from './query.js'

export interface ResolvedQuery {
  /** Name patterns; null: every source. */
  readonly sources: readonly string[] | null
  /** Bit per number of ORIGINS, STREAMS, LEVELS. */
  readonly originMask: number
  readonly streamMask: number
  readonly levelMask: number
  readonly runs: readonly number[] | 'last' | null
  readonly since: number
  readonly until: number
  readonly contains: string | null
  readonly regex: string | null
  readonly fields: readonly FieldCondition[] | null
  /** Only seqs strictly between these two. */
  readonly afterSeq: number
  readonly beforeSeq: number
  /** True if `afterSeq` is a place where a reader stopped: what it has missed since is told. */
  readonly resumes: boolean
  readonly descending: boolean
  readonly limit: number
  /** Lines of the same source around each match. */
  readonly context: number
  readonly join: boolean
}

const KEYS = [
  'sources',
  'origins',
  'streams',
  'levels',
  'runs',
  'since',
  'until',
  'contains',
  'regex',
  'fields',
  'after',
  'before',
  'order',
  'limit',
  'context',
  'join',
]

/**
 * Checks and completes a query.
 *
 * @throws {TypeError | RangeError | SyntaxError} Saying what was expected and what came.
 * @throws {LogsError} `InvalidCursor`.
 */
export function resolveQuery(query: Query, storeId: string): ResolvedQuery {
  for (const key of Object.keys(query)) {
    if (!KEYS.includes(key)) throw new TypeError(`Unknown query key ${JSON.stringify(key)}`)
  }
  const { order = 'asc', limit = LIMITS.queryLimitDefault, context = 0, join = false } = query
  const { contains, regex, fields, after, before } = query
  if (order !== 'asc' && order !== 'desc') {
    throw new TypeError(`Expected order to be asc or desc, got ${String(order)}`)
  }
  if (typeof join !== 'boolean') {
    throw new TypeError(`Expected join to be true or false, got ${String(join)}`)
  }
  if (contains !== undefined) checkText(contains, 'contains')
  if (regex !== undefined) {
    checkText(regex, 'regex')
    checkPattern(regex)
  }
  return {
    sources: sourcePatterns(query.sources),
    originMask: mask(ORIGINS, query.origins, 'origin'),
    streamMask: mask(STREAMS, query.streams, 'stream'),
    levelMask: mask(LEVELS, levelList(query.levels), 'level'),
    runs: query.runs === undefined ? null : runNumbers(query.runs),
    since: bound(query.since, 'since', 0),
    until: bound(query.until, 'until', Number.MAX_SAFE_INTEGER),
    contains: contains ?? null,
    regex: regex ?? null,
    fields: fields === undefined ? null : fieldConditions(fields),
    afterSeq: after === undefined ? 0 : decodeCursor(storeId, after),
    beforeSeq: before === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(storeId, before),
    resumes: after !== undefined && order === 'asc',
    descending: order === 'desc',
    limit: integer(limit, 'limit', 1, LIMITS.queryLimitMax),
    context: integer(context, 'context', 0, LIMITS.queryContextMax),
    join,
  }
}

/** Compiles name patterns, where `*` stands for any run of characters, to one test. */
export function sourceTest(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.includes('*')))
  const globs = patterns
    .filter((pattern) => pattern.includes('*'))
    .map((pattern) => new RegExp(`^${pattern.split('*').map(escapeRegex).join('.*')}$`, 's'))
  return (name) => names.has(name) || globs.some((glob) => glob.test(name))
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

function sourcePatterns(sources: readonly string[] | undefined): readonly string[] | null {
  if (sources === undefined) return null
  checkList(sources, 'sources')
  for (const source of sources) checkText(source, 'a source')
  return sources
}

function mask<T extends string>(
  set: readonly T[],
  given: readonly T[] | undefined,
  what: string,
): number {
  if (given === undefined) return 2 ** set.length - 1
  checkList(given, `${what}s`)
  let bits = 0
  for (const name of given) {
    const index = set.indexOf(name)
    if (index < 0)
      throw new TypeError(`Expected ${what} to be one of ${set.join(', ')}, got ${String(name)}`)
    bits |= 1 << index
  }
  return bits
}

function levelList(levels: Query['levels']): readonly Level[] | undefined {
  return typeof levels === 'string' ? levelSpan(levels) : levels
}

function checkList(given: unknown, what: string): void {
  if (Array.isArray(given)) return
  throw new TypeError(`Expected ${what} to be a list, got ${JSON.stringify(given)}`)
}

function runNumbers(runs: readonly number[] | 'last'): readonly number[] | 'last' {
  if (runs === 'last') return runs
  checkList(runs, "runs, unless it is 'last',")
  return runs.map((run) => integer(run, 'run', 0, Number.MAX_SAFE_INTEGER))
}

function bound(value: number | undefined, what: string, otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value === 'number' && !Number.isNaN(value)) return value
  throw new TypeError(`Expected ${what} to be microseconds since the epoch, got ${String(value)}`)
}

function integer(value: number, what: string, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new RangeError(
    `Expected ${what} to be an integer from ${min} to ${max}, got ${String(value)}`,
  )
}

function checkText(text: string, what: string): void {
  if (typeof text === 'string' && text !== '' && text.length <= LIMITS.patternLengthMax) return
  const got = typeof text === 'string' ? `${text.length} characters` : typeof text
  throw new RangeError(
    `Expected ${what} to be 1 to ${LIMITS.patternLengthMax} characters, got ${got}`,
  )
}
