// The `--level` flag: `L` means that level and everything more severe, `A..B` a span, `none` the entries
// that have no level. The names are the library's; they stand here as well because loading it takes
// longer than asking a running hero_proc, and a test compares the two.
import type { Level } from '@hero/logs'
import { usageError } from './exit.js'

/** Most severe first, as the library numbers them. */
export const LEVEL_NAMES: readonly Level[] = [
  'emerg',
  'alert',
  'crit',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
  'trace',
  'none',
]

const SPELLINGS: Readonly<Record<string, Level>> = {
  panic: 'emerg',
  emergency: 'emerg',
  fatal: 'crit',
  critical: 'crit',
  severe: 'error',
  err: 'error',
  warn: 'warning',
  information: 'info',
  verbose: 'debug',
}

/**
 * Returns the levels that `spec` asks for.
 *
 * @throws {CliError} Usage, if it is no level and no span of levels.
 *
 * @example
 * ```ts
 * parseLevels('crit') // ['emerg', 'alert', 'crit']
 * parseLevels('warn..info') // ['warning', 'notice', 'info']
 * ```
 */
export function parseLevels(spec: string): Level[] {
  const [from, to, ...rest] = spec.split('..')
  if (rest.length > 0 || from === undefined) throw levelError(spec)
  if (to === undefined) {
    const level = parseLevel(from, spec)
    return level === 'none' ? ['none'] : LEVEL_NAMES.slice(0, LEVEL_NAMES.indexOf(level) + 1)
  }
  const ends = [parseLevel(from, spec), parseLevel(to, spec)]
  if (ends.includes('none')) throw levelError(spec)
  const [low = 0, high = 0] = ends
    .map((level) => LEVEL_NAMES.indexOf(level))
    .toSorted((a, b) => a - b)
  return LEVEL_NAMES.slice(low, high + 1)
}

/** Reads one level: a name in any usual spelling, or journald's number (8 is `trace`). */
export function parseLevel(name: string, spec: string = name): Level {
  const lower = name.trim().toLowerCase()
  const level = /^[0-8]$/.test(lower)
    ? LEVEL_NAMES[Number(lower)]
    : (SPELLINGS[lower] ?? LEVEL_NAMES.find((one) => one === lower))
  if (level === undefined) throw levelError(spec)
  return level
}

function levelError(spec: string): Error {
  return usageError(
    `Expected a level or A..B, got '${spec}'`,
    `Levels are ${LEVEL_NAMES.join(', ')} or 0 to 8`,
  )
}
