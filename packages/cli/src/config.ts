// The options of the supervisor and where each comes from: flags win over the environment, the environment
// over `config.json` in the data dir, that over the default. Ranges are checked by the library.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogsOptions } from '@hero/logs'
import { usageError } from './exit.js'
import { resolveSettings } from './settings.js'
import type { SettingFlags } from './settings.js'

type Environment = Readonly<Record<string, string | undefined>>

export const CONFIG_ORIGINS = ['flag', 'environment', 'file', 'default'] as const
export type ConfigOrigin = (typeof CONFIG_ORIGINS)[number]

/** One option as it holds. */
export interface ConfigItem {
  readonly name: string
  /** Null: the default of the library. */
  readonly value: string | number | null
  readonly origin: ConfigOrigin
  readonly variable: string
}

/** Options of the log store by their name in the file. */
const LOG_OPTIONS = {
  queue_bytes_max: {
    key: 'queueBytesMax',
    read: (env: Environment) => env['HERO_PROC_QUEUE_BYTES_MAX'],
    isNumber: true,
  },
  flush_delay_ms: {
    key: 'flushDelayMs',
    read: (env: Environment) => env['HERO_PROC_FLUSH_DELAY_MS'],
    isNumber: true,
  },
  hold_ms: {
    key: 'holdMs',
    read: (env: Environment) => env['HERO_PROC_HOLD_MS'],
    isNumber: true,
  },
  durability: {
    key: 'durability',
    read: (env: Environment) => env['HERO_PROC_DURABILITY'],
    isNumber: false,
  },
  partition_bytes: {
    key: 'partitionBytes',
    read: (env: Environment) => env['HERO_PROC_PARTITION_BYTES'],
    isNumber: true,
  },
  partition_age_ms: {
    key: 'partitionAgeMs',
    read: (env: Environment) => env['HERO_PROC_PARTITION_AGE_MS'],
    isNumber: true,
  },
  keep_bytes: {
    key: 'keepBytes',
    read: (env: Environment) => env['HERO_PROC_KEEP_BYTES'],
    isNumber: true,
  },
  keep_age_ms: {
    key: 'keepAgeMs',
    read: (env: Environment) => env['HERO_PROC_KEEP_AGE_MS'],
    isNumber: true,
  },
} as const satisfies Record<
  string,
  { key: keyof LogsOptions; read: (env: Environment) => string | undefined; isNumber: boolean }
>

const FILE = 'config.json'

/**
 * Returns every option with its value and where that comes from.
 *
 * @throws {CliError} Usage, if the file is no JSON object or has a key that is not known, or a number is none.
 */
export function readConfig(flags: SettingFlags, env: Environment = process.env): ConfigItem[] {
  const { dataDir, socketPath } = resolveSettings(flags, env)
  const file = readConfigFile(join(dataDir, FILE))
  const logs = Object.entries(LOG_OPTIONS).map(([name, { read, isNumber }]): ConfigItem => {
    const variable = `HERO_PROC_${name.toUpperCase()}`
    const given = read(env)
    if (given !== undefined && given !== '') {
      const value = isNumber ? numberOf(given, variable) : given
      return { name, value, origin: 'environment', variable }
    }
    const inFile = file[name]
    if (inFile !== undefined) {
      const value = isNumber
        ? numberOf(inFile, `${name} in ${FILE}`)
        : textOf(inFile, `${name} in ${FILE}`)
      return { name, value, origin: 'file', variable }
    }
    return { name, value: null, origin: 'default', variable }
  })
  const place = (flag: string | undefined, variable: string): ConfigOrigin =>
    flag !== undefined ? 'flag' : env[variable] ? 'environment' : 'default'
  return [
    {
      name: 'data_dir',
      value: dataDir,
      origin: place(flags.dataDir, 'HERO_PROC_DATA_DIR'),
      variable: 'HERO_PROC_DATA_DIR',
    },
    {
      name: 'socket_dir',
      value: join(socketPath, '..', '..'),
      origin: place(flags.socketDir, 'HERO_SOCKET_DIR'),
      variable: 'HERO_SOCKET_DIR',
    },
    ...logs,
  ]
}

/** Returns what is configured of the log store, as `openLogs` takes it. */
export function logOptions(items: readonly ConfigItem[]): Omit<LogsOptions, 'dir'> {
  const given = items.flatMap(({ name, value }) => {
    const option = LOG_OPTIONS[name as keyof typeof LOG_OPTIONS]
    return option === undefined || value === null ? [] : [[option.key, value] as const]
  })
  return Object.fromEntries(given) as Omit<LogsOptions, 'dir'>
}

function readConfigFile(path: string): Record<string, unknown> {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    // A data dir that cannot be one is told by whoever needs it.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return {}
    throw error
  }
  const file = parseJson(text)
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw usageError(`Expected ${path} to be a JSON object`)
  }
  const unknown = Object.keys(file).find((key) => !(key in LOG_OPTIONS))
  if (unknown !== undefined) {
    throw usageError(
      `Unknown key ${JSON.stringify(unknown)} in ${path}`,
      `Keys are ${Object.keys(LOG_OPTIONS).join(', ')}`,
    )
  }
  return file as Record<string, unknown>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  throw usageError(`Expected ${what} to be a string, got ${JSON.stringify(value)}`)
}

function numberOf(value: unknown, what: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && !Number.isNaN(number)) return number
  throw usageError(`Expected ${what} to be a number, got ${JSON.stringify(value)}`)
}
