// The flags of `logs` become a query, a selection and a way to render. Pure: the present, the terminal
// and the environment come in as values.
import type { Origin, Query, Stream } from '@hero/logs'
import { usesColors } from './colors.js'
import { usageError } from './exit.js'
import { parseLevels } from './level-spec.js'
import { parseCount, parseWords, splitList } from './options.js'
import type { Selection } from './reading/select.js'
import type { Format, RenderOptions } from './render.js'
import type { SettingFlags } from './settings.js'
import { parseTime } from './time-spec.js'

/** The flags as they are parsed. */
export interface LogsFlags extends SettingFlags {
  readonly follow?: boolean
  readonly tail?: string
  readonly lines?: string
  readonly since?: string
  readonly until?: string
  readonly level?: string
  readonly grep?: string
  readonly contains?: string
  readonly stream?: readonly string[]
  readonly origin?: readonly string[]
  readonly run?: readonly string[]
  readonly field?: readonly string[]
  readonly context?: string
  readonly join?: boolean
  readonly reverse?: boolean
  readonly output?: Format
  readonly json?: boolean
  readonly timestamps?: boolean
  readonly color?: boolean
  readonly raw?: boolean
  readonly afterCursor?: string
  readonly cursorFile?: string
  readonly showCursor?: boolean
  readonly pager?: boolean
}

/** What the flags alone do not say. */
export interface LogsSurroundings {
  readonly nowMs: number
  /** True if stdout is a terminal. */
  readonly isTerminal: boolean
  /** True if a pager shows the output: everything can be shown then. */
  readonly isPaged: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the cursor file holds; undefined if there is none. */
  readonly savedCursor?: string | undefined
}

export interface LogsPlan {
  readonly query: Query
  readonly selection: Selection
  readonly isFollowing: boolean
  readonly render: RenderOptions
  /** The count is the default of a terminal: more may exist. */
  readonly isCutByDefault: boolean
}

/** Shown at a terminal, and before following, unless something else is asked for. */
const TERMINAL_COUNT = 200
const FOLLOW_COUNT = 10

// The words of the library, which is not loaded to ask a running hero_proc; a test compares them.
export const STREAM_NAMES: readonly Stream[] = ['none', 'stdout', 'stderr']
export const ORIGIN_NAMES: readonly Origin[] = [
  'pty',
  'pipe',
  'tee',
  'rpc',
  'ws',
  'file',
  'sysmon',
  'system',
]

/**
 * Returns what to ask for and how to show it.
 *
 * @throws {CliError} Usage, if a flag's value is wrong or flags contradict each other.
 */
export function planLogs(
  sources: readonly string[],
  flags: LogsFlags,
  around: LogsSurroundings,
): LogsPlan {
  checkTogether(flags)
  const query = queryOf(sources, flags, around)
  const isFollowing = flags.follow === true
  const { count, isCutByDefault } = countOf(flags, query, around)
  return {
    query,
    selection: { count, isReversed: flags.reverse === true },
    isFollowing,
    render: renderOf(sources, flags, around),
    isCutByDefault,
  }
}

function checkTogether(flags: LogsFlags): void {
  if (flags.follow && flags.reverse) throw usageError('Expected --follow or --reverse, got both')
  for (const other of ['until', 'context', 'join'] as const) {
    if (flags.follow && flags[other] !== undefined) {
      throw usageError(`Expected --follow or --${other}, got both`)
    }
  }
  if (flags.tail !== undefined && flags.lines !== undefined) {
    throw usageError('Expected --tail or --lines, which mean the same, got both')
  }
  if (flags.json && flags.output !== undefined && flags.output !== 'json') {
    throw usageError(`Expected --json or --output, got --json and --output ${flags.output}`)
  }
}

function queryOf(sources: readonly string[], flags: LogsFlags, around: LogsSurroundings): Query {
  const after = flags.afterCursor ?? around.savedCursor
  const { stream, origin, run, level, since, until, grep, contains, field, context } = flags
  return {
    ...(sources.length === 0 ? {} : { sources: [...sources] }),
    ...(stream === undefined ? {} : { streams: parseWords(stream, '--stream', STREAM_NAMES) }),
    ...(origin === undefined ? {} : { origins: parseWords(origin, '--origin', ORIGIN_NAMES) }),
    ...(run === undefined ? {} : { runs: parseRuns(run) }),
    ...(level === undefined ? {} : { levels: parseLevels(level) }),
    ...(since === undefined ? {} : { since: parseTime(since, around.nowMs) }),
    ...(until === undefined ? {} : { until: parseTime(until, around.nowMs) }),
    ...(grep === undefined ? {} : { regex: checkPattern(nonEmpty(grep, '--grep')) }),
    ...(contains === undefined ? {} : { contains: nonEmpty(contains, '--contains') }),
    ...(field === undefined ? {} : { fields: field.map(checkField) }),
    ...(context === undefined ? {} : { context: parseCount(context, '--context') }),
    ...(flags.join ? { join: true } : {}),
    ...(after === undefined ? {} : { after }),
  }
}

function parseRuns(given: readonly string[]): readonly number[] | 'last' {
  const runs = splitList(given)
  if (runs.length === 1 && runs[0] === 'last') return 'last'
  return runs.map((run) => {
    if (run !== 'last') return parseCount(run, '--run', 1)
    throw usageError("Expected --run to be numbers or 'last', got both")
  })
}

function nonEmpty(text: string, flag: string): string {
  if (text !== '') return text
  throw usageError(`Expected ${flag} to be a text, got an empty one`)
}

function checkField(condition: string): string {
  if (/^[^=!<>~]+(?:[=<>~]|!=)/.test(condition)) return condition
  throw usageError(`Expected --field to be a condition such as 'status>=500', got '${condition}'`)
}

// hero_proc has the last word; what is no pattern at all is told without asking.
function checkPattern(pattern: string): string {
  try {
    RegExp(pattern)
    return pattern
  } catch (error) {
    throw usageError(`Expected --grep to be a regular expression: ${(error as Error).message}`)
  }
}

function countOf(
  flags: LogsFlags,
  query: Query,
  around: LogsSurroundings,
): { count: number; isCutByDefault: boolean } {
  const given = flags.tail ?? flags.lines
  if (given === 'all') return { count: Infinity, isCutByDefault: false }
  if (given !== undefined) return { count: parseCount(given, '--tail'), isCutByDefault: false }
  const { since, until, after, runs } = query
  const isRange = [since, until, after, runs].some((bound) => bound !== undefined)
  if (isRange) return { count: Infinity, isCutByDefault: false }
  if (flags.follow) return { count: FOLLOW_COUNT, isCutByDefault: false }
  return around.isTerminal && !around.isPaged
    ? { count: TERMINAL_COUNT, isCutByDefault: true }
    : { count: Infinity, isCutByDefault: false }
}

function renderOf(
  sources: readonly string[],
  flags: LogsFlags,
  { isTerminal, env }: LogsSurroundings,
): RenderOptions {
  const colors = usesColors({ isWanted: flags.color !== false, isTerminal, env })
  return {
    format: flags.json ? 'json' : (flags.output ?? 'short'),
    // Colors asked for through a pipe end at a terminal all the same.
    isTerminal: isTerminal || colors,
    colors,
    raw: flags.raw === true,
    timestamps: flags.timestamps === true,
    separated: flags.context !== undefined,
    severalSources: sources.length !== 1 || sources[0]?.includes('*') === true,
  }
}
