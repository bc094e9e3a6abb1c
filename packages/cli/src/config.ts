// The options of the supervisor and where each comes from: flags win over the environment, the environment
// over the configuration file, that over the default. Ranges are checked by whom they concern.
//
// The file is the one that holds the services as well: `--config`, HERO_PROC_CONFIG, or `hero_proc.toml` in
// the data dir. Its table `options` has the options, by their names.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LogsOptions } from '@hero/logs'
import { usageError } from './exit.js'
import { resolveSettings } from './settings.js'
import type { SettingFlags } from './settings.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Flags that name a file, or win over it. */
export interface ConfigFlags extends SettingFlags {
  readonly config?: string
  readonly sysmonInterval?: number
}

export const CONFIG_ORIGINS = ['flag', 'environment', 'file', 'default'] as const
export type ConfigOrigin = (typeof CONFIG_ORIGINS)[number]

/** One option as it holds. */
export interface ConfigItem {
  readonly name: string
  /** Null: the default. */
  readonly value: string | number | null
  readonly origin: ConfigOrigin
  readonly variable: string
}

interface Option {
  readonly read: (env: Environment) => string | undefined
  readonly flag?: (flags: ConfigFlags) => number | undefined
  readonly isNumber: boolean
  /** Its name among the options of the log store, if it is one of them. */
  readonly key?: keyof LogsOptions
}

/** Options by their name in the file. */
const OPTIONS: Readonly<Record<string, Option>> = {
  queue_bytes_max: {
    key: 'queueBytesMax',
    read: (env) => env['HERO_PROC_QUEUE_BYTES_MAX'],
    isNumber: true,
  },
  flush_delay_ms: {
    key: 'flushDelayMs',
    read: (env) => env['HERO_PROC_FLUSH_DELAY_MS'],
    isNumber: true,
  },
  hold_ms: { key: 'holdMs', read: (env) => env['HERO_PROC_HOLD_MS'], isNumber: true },
  durability: { key: 'durability', read: (env) => env['HERO_PROC_DURABILITY'], isNumber: false },
  partition_bytes: {
    key: 'partitionBytes',
    read: (env) => env['HERO_PROC_PARTITION_BYTES'],
    isNumber: true,
  },
  partition_age_ms: {
    key: 'partitionAgeMs',
    read: (env) => env['HERO_PROC_PARTITION_AGE_MS'],
    isNumber: true,
  },
  keep_bytes: { key: 'keepBytes', read: (env) => env['HERO_PROC_KEEP_BYTES'], isNumber: true },
  keep_age_ms: { key: 'keepAgeMs', read: (env) => env['HERO_PROC_KEEP_AGE_MS'], isNumber: true },
  sysmon_interval: {
    flag: ({ sysmonInterval }) => sysmonInterval,
    read: (env) => env['HERO_PROC_SYSMON_INTERVAL'],
    isNumber: true,
  },
  http: { read: (env) => env['HERO_PROC_HTTP'], isNumber: false },
}

const FILE = 'hero_proc.toml'

/** What `--config` is, for help. */
export const CONFIG_HELP: string = `services and options, in TOML (HERO_PROC_CONFIG; default ${FILE} in the data dir)`

/**
 * Returns every option with its value and where that comes from.
 *
 * @throws {CliError} Usage, if the file has an option that is not known, or a value is of another type.
 * @throws {ProcError} `InvalidParams` if the file has another mistake, `NotFound` if one that was named is
 * not there.
 */
export async function readConfig(
  flags: ConfigFlags,
  env: Environment = process.env,
): Promise<ConfigItem[]> {
  const place = configPlaceOf(flags, env)
  return itemsOf(flags, env, place, await readFileOptions(place))
}

/** As {@link readConfig}, without the file: for as long as it cannot be read. */
export function readConfigWithoutFile(
  flags: ConfigFlags,
  env: Environment = process.env,
): ConfigItem[] {
  return itemsOf(flags, env, configPlaceOf(flags, env), {})
}

function itemsOf(
  flags: ConfigFlags,
  env: Environment,
  config: ConfigPlace,
  file: Readonly<Record<string, unknown>>,
): ConfigItem[] {
  const { dataDir, socketPath } = resolveSettings(flags, env)
  const options = Object.entries(OPTIONS).map(([name, option]): ConfigItem => {
    const variable = `HERO_PROC_${name.toUpperCase()}`
    const inFlags = option.flag?.(flags)
    if (inFlags !== undefined) return { name, value: inFlags, origin: 'flag', variable }
    const given = option.read(env)
    if (given !== undefined && given !== '') {
      return { name, value: valueOf(option, given, variable), origin: 'environment', variable }
    }
    const inFile = file[name]
    if (inFile === undefined) return { name, value: null, origin: 'default', variable }
    return { name, value: valueOf(option, inFile, name), origin: 'file', variable }
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
    { name: 'config', value: config.path, origin: config.origin, variable: 'HERO_PROC_CONFIG' },
    ...options,
  ]
}

/** Returns the value of an option; null if it is the default. */
export function optionOf(items: readonly ConfigItem[], name: string): string | number | null {
  return items.find((item) => item.name === name)?.value ?? null
}

/** Returns what is configured of the log store, as `openLogs` takes it. */
export function logOptions(items: readonly ConfigItem[]): Omit<LogsOptions, 'dir'> {
  const given = items.flatMap(({ name, value }) => {
    const key = OPTIONS[name]?.key
    return key === undefined || value === null ? [] : [[key, value] as const]
  })
  return Object.fromEntries(given) as Omit<LogsOptions, 'dir'>
}

/**
 * Refuses options of a file that are not known, and values of another type.
 *
 * @throws {CliError} Usage.
 */
export function checkFileOptions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    const option = OPTIONS[name]
    if (option === undefined) {
      const known = Object.keys(OPTIONS).join(', ')
      throw usageError(`Unknown key ${JSON.stringify(name)} in options, expected only ${known}`)
    }
    valueOf(option, value, name)
  }
}

interface ConfigPlace {
  readonly path: string
  readonly origin: ConfigOrigin
}

function configPlaceOf(flags: ConfigFlags, env: Environment): ConfigPlace {
  const { config } = flags
  if (config !== undefined) return { path: resolve(config), origin: 'flag' }
  const given = env['HERO_PROC_CONFIG'] ?? ''
  if (given !== '') return { path: resolve(given), origin: 'environment' }
  return { path: join(resolveSettings(flags, env).dataDir, FILE), origin: 'default' }
}

async function readFileOptions({ path, origin }: ConfigPlace): Promise<Record<string, unknown>> {
  // One that nobody has named need not be there.
  if (origin === 'default' && !existsSync(path)) return {}
  const { readConfigFile } = await import('@hero/proc')
  const { options } = await readConfigFile(path)
  try {
    checkFileOptions(options)
  } catch (error) {
    throw usageError(`${path}: ${(error as Error).message}`)
  }
  return options
}

/** @param what What the value belongs to, for the message. */
function valueOf({ isNumber }: Option, value: unknown, what: string): string | number {
  return isNumber ? numberOf(value, what) : textOf(value, what)
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
