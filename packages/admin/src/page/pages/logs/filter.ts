// What the viewer wants to see: from and to the query of an address, and as hero_proc's filters.
import type { LogStreamOptions } from '@hero/sdk/browser'

/** Levels as the page groups them; `other` has those of lines without one. */
export const LEVEL_GROUPS = {
  error: ['emerg', 'alert', 'crit', 'error'],
  warning: ['warning'],
  info: ['notice', 'info'],
  debug: ['debug', 'trace'],
  other: ['none'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type LevelGroup = keyof typeof LEVEL_GROUPS
export const LEVEL_GROUP_NAMES = Object.keys(LEVEL_GROUPS) as LevelGroup[]

export type StreamName = 'stdout' | 'stderr'

/** All conditions hold; one that is empty lets everything through. */
export interface Filter {
  readonly sources: readonly string[]
  readonly levels: readonly LevelGroup[]
  readonly stream: StreamName | undefined
  /** RFC 3339. */
  readonly since: string | undefined
  readonly until: string | undefined
  readonly text: string
  readonly isRegex: boolean
  /** True: only lines that match are shown. False: matches are marked among all lines. */
  readonly hidesOthers: boolean
}

export const NO_FILTER: Filter = {
  sources: [],
  levels: [],
  stream: undefined,
  since: undefined,
  until: undefined,
  text: '',
  isRegex: false,
  hidesOthers: true,
}

/** Reads a filter from an address; what it does not know it leaves out. */
export function filterOf(params: URLSearchParams): Filter {
  const levels = params.getAll('level')
  const stream = params.get('stream')
  return {
    sources: params.getAll('source'),
    levels: LEVEL_GROUP_NAMES.filter((name) => levels.includes(name)),
    stream: stream === 'stdout' || stream === 'stderr' ? stream : undefined,
    since: params.get('since') ?? undefined,
    until: params.get('until') ?? undefined,
    text: params.get('q') ?? '',
    isRegex: params.get('regex') === '1',
    hidesOthers: params.get('mark') !== '1',
  }
}

/** Writes a filter, and the line to show if one is given, for an address. */
export function paramsOf(filter: Filter, at?: number): URLSearchParams {
  const params = new URLSearchParams()
  for (const source of filter.sources) params.append('source', source)
  for (const level of filter.levels) params.append('level', level)
  if (filter.stream !== undefined) params.set('stream', filter.stream)
  if (filter.since !== undefined) params.set('since', filter.since)
  if (filter.until !== undefined) params.set('until', filter.until)
  if (filter.text !== '') params.set('q', filter.text)
  if (filter.isRegex) params.set('regex', '1')
  if (!filter.hidesOthers) params.set('mark', '1')
  if (at !== undefined) params.set('at', String(at))
  return params
}

/** Conditions as calls take them. */
export type Conditions = Pick<
  LogStreamOptions,
  'sources' | 'levels' | 'streams' | 'contains' | 'regex' | 'since'
> & { readonly until?: string }

/** The conditions on everything but the text. */
export function placeConditions(filter: Filter): Conditions {
  const { sources, levels, stream, since, until } = filter
  return {
    ...(sources.length > 0 && { sources }),
    ...(levels.length > 0 && { levels: levels.flatMap((name) => LEVEL_GROUPS[name]) }),
    ...(stream !== undefined && { streams: [stream] }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
}

/** The condition on the text alone. */
export function textCondition({ text, isRegex }: Filter): Conditions {
  if (text === '') return {}
  return isRegex ? { regex: text } : { contains: text }
}

/** The conditions for the lines that are shown. */
export function lineConditions(filter: Filter): Conditions {
  return { ...placeConditions(filter), ...(filter.hidesOthers && textCondition(filter)) }
}

/** True if new lines can come. */
export function canFollow({ until }: Filter): boolean {
  return until === undefined
}

/** True if both let the same lines through. */
export function showSameLines(one: Filter, other: Filter): boolean {
  return JSON.stringify(lineConditions(one)) === JSON.stringify(lineConditions(other))
}
