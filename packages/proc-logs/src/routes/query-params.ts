// Query strings of the routes: hero_logger's and people's spellings become those of the query language.
import { LEVELS, parseLevelName } from '@hero/logs'
import type { FollowOptions, Level, Query } from '@hero/logs'
import type { WireQuery } from '../filters.js'
import { toFollowOptions, toQuery } from '../filters.js'

/**
 * Reads what to follow. `sources`, if given, are the only ones.
 *
 * @throws {TypeError | RangeError} If a key is unknown or a value is wrong.
 */
export function readFollow(params: URLSearchParams, sources?: readonly string[]): FollowOptions {
  const plain = new URLSearchParams(params)
  spell(plain, sources)
  return toFollowOptions(plain)
}

/** A page as it is asked for with GET. */
export interface HistoryRequest {
  readonly query: Query
  readonly format: 'json' | 'ndjson' | 'text'
  /** True if the newest entries are asked for: they are read backwards and shown forwards. */
  readonly isNewest: boolean
}

const FORMATS = ['json', 'ndjson', 'text'] as const
const OWN_KEYS = ['format', 'limit', 'after', 'before', 'until', 'order'] as const

/**
 * Reads a page of history.
 *
 * @throws {TypeError | RangeError} If a key is unknown or a value is wrong.
 */
export function readHistory(params: URLSearchParams, sources?: readonly string[]): HistoryRequest {
  const plain = new URLSearchParams(params)
  spell(plain, sources)
  const own = Object.fromEntries(OWN_KEYS.map((key) => [key, plain.get(key) ?? undefined]))
  for (const key of OWN_KEYS) plain.delete(key)
  for (const key of ['tail', 'from_cursor']) {
    if (plain.has(key)) throw new TypeError(`Unknown parameter ${JSON.stringify(key)}`)
  }
  const { format = 'json', limit, after, before, until, order } = own
  const wire = {
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(until === undefined ? {} : { until: /^\d+$/.test(until) ? Number(until) : until }),
  }
  const { since } = toFollowOptions(plain)
  const direction = order ?? (after === undefined && since === undefined ? 'newest' : 'asc')
  if (!['newest', 'asc', 'desc'].includes(direction)) {
    throw new RangeError(`Expected order to be asc or desc, got ${JSON.stringify(order)}`)
  }
  const isNewest = direction === 'newest'
  return {
    query: {
      ...toFollowOptions(plain),
      ...toQuery(wire as WireQuery),
      order: direction === 'asc' ? 'asc' : 'desc',
    },
    format: member(FORMATS, format, 'format'),
    isNewest,
  }
}

/** `source` for `sources`, and `level` for all levels from there on up, or from `A..B`. */
function spell(params: URLSearchParams, sources: readonly string[] | undefined): void {
  if (sources !== undefined) {
    for (const key of ['source', 'sources']) {
      if (params.has(key)) throw new TypeError(`Unknown parameter ${JSON.stringify(key)}`)
    }
  }
  for (const source of sources ?? params.getAll('source')) params.append('sources', source)
  params.delete('source')
  const level = params.get('level')
  params.delete('level')
  for (const one of level === null ? [] : levelsOf(level)) params.append('levels', one)
}

/** `warning`: that and worse. `debug..info`: from one to the other. */
function levelsOf(text: string): readonly Level[] {
  const [first = '', second] = text.split('..', 2)
  const ends = [second === undefined ? 'emerg' : second, first].map((name) => {
    const level = parseLevelName(name)
    if (level !== undefined) return LEVELS.indexOf(level)
    throw new RangeError(`Expected level to be one of ${LEVELS.join(', ')}, got ${text}`)
  })
  if (second === undefined && first === 'none') return ['none']
  return LEVELS.slice(Math.min(...ends), Math.max(...ends) + 1)
}

function member<T extends string>(set: readonly T[], value: string, what: string): T {
  const found = set.find((one) => one === value)
  if (found !== undefined) return found
  throw new RangeError(
    `Expected ${what} to be one of ${set.join(', ')}, got ${JSON.stringify(value)}`,
  )
}
