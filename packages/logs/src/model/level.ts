// Level names and numbers: journald's (0 to 7), then trace, then none. The number is what is stored.

export const LEVELS = [
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
] as const

/** Severity of an entry; `none` when nothing said it. */
export type Level = (typeof LEVELS)[number]

export const LEVEL_NONE = 9

/** Returns the stored number of a level name. */
export function levelNumber(level: Level): number {
  return LEVELS.indexOf(level)
}

const ALIASES: Readonly<Record<string, Level>> = {
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

/** Reads a level name in any usual spelling; undefined when it is none of them. */
export function parseLevelName(name: string): Level | undefined {
  const lower = name.toLowerCase()
  if ((LEVELS as readonly string[]).includes(lower)) return lower as Level
  return ALIASES[lower]
}
