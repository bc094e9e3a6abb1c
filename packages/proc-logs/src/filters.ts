// The filters of a query as they come over the wire, in JSON or in a query string, and the library's
// query that they mean. Values are checked by the library, so that every surface says the same.
import { shorten } from '@hero/logs'
import type { FieldFilters, FollowOptions, Level, Origin, Query, Stream } from '@hero/logs'

/** What comes over the wire: the library's query, with times as text allowed. */
export interface WireQuery {
  readonly sources?: readonly string[]
  readonly origins?: readonly string[]
  readonly streams?: readonly string[]
  readonly levels?: readonly string[] | string
  readonly runs?: readonly number[] | 'last'
  readonly since?: string | number
  readonly until?: string | number
  readonly contains?: string
  readonly regex?: string
  readonly fields?: FieldFilters
  readonly context?: number
  readonly join?: boolean
  readonly after?: string
  readonly before?: string
  readonly order?: 'asc' | 'desc'
  readonly limit?: number
}

/** @throws {RangeError} If a time is not RFC 3339 or a number. */
export function toQuery(wire: WireQuery): Query {
  const { origins, streams, levels, since, until, ...same } = wire
  return {
    ...same,
    ...(origins === undefined ? {} : { origins: origins as Origin[] }),
    ...(streams === undefined ? {} : { streams: streams as Stream[] }),
    ...(levels === undefined ? {} : { levels: levels as Level[] | string }),
    ...(since === undefined ? {} : { since: toMicros(since, 'since') }),
    ...(until === undefined ? {} : { until: toMicros(until, 'until') }),
  }
}

const FOLLOW_KEYS = [
  'sources',
  'origins',
  'streams',
  'levels',
  'runs',
  'since',
  'contains',
  'regex',
  'fields',
  'tail',
  'from_cursor',
]

/**
 * Reads what to follow from a query string; lists are repeated keys.
 *
 * @throws {TypeError | RangeError} If a key is unknown or a value is wrong.
 */
export function toFollowOptions(params: URLSearchParams): FollowOptions {
  for (const key of params.keys()) {
    if (!FOLLOW_KEYS.includes(key)) throw new TypeError(`Unknown parameter ${JSON.stringify(key)}`)
  }
  const list = (key: string): string[] | undefined =>
    params.has(key) ? params.getAll(key) : undefined
  const one = (key: string): string | undefined => params.get(key) ?? undefined
  const runs = list('runs')
  const since = one('since')
  const wire = {
    sources: list('sources'),
    origins: list('origins'),
    streams: list('streams'),
    levels: levelsOf(list('levels')),
    runs: runs?.[0] === 'last' ? 'last' : runs?.map(Number),
    since: since !== undefined && /^\d+$/.test(since) ? Number(since) : since,
    contains: one('contains'),
    regex: one('regex'),
    fields: list('fields'),
  }
  const given = Object.entries(wire).filter(([, value]) => value !== undefined)
  const tail = one('tail')
  const cursor = one('from_cursor')
  return {
    ...toQuery(Object.fromEntries(given) as WireQuery),
    ...(tail === undefined ? {} : { tail: Number(tail) }),
    ...(cursor === undefined ? {} : { from_cursor: cursor }),
  }
}

// A span, as in warning..info, is one word; names may be several.
function levelsOf(given: readonly string[] | undefined): readonly string[] | string | undefined {
  return given?.length === 1 && given[0]!.includes('..') ? given[0] : given
}

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/**
 * Reads a time as microseconds since the epoch.
 *
 * @throws {RangeError} If it is neither a number nor RFC 3339.
 */
export function toMicros(time: string | number, what: string): number {
  if (typeof time === 'number') return time
  const match = RFC_3339.exec(time)
  const ms = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN
  if (Number.isNaN(ms)) {
    throw new RangeError(
      `Expected ${what} in RFC 3339 or microseconds, got ${shorten(JSON.stringify(time))}`,
    )
  }
  const digits = (match?.[2] ?? '.').slice(1, 7).padEnd(6, '0')
  return ms * 1000 + Number(digits)
}
