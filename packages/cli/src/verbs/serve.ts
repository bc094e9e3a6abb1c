// `hero_proc serve`: the supervisor in the foreground. The lock on the data dir comes first, so that a
// second one leaves before it has touched anything; the socket comes last, when everything is ready.
import { resolve } from 'node:path'
import type { HeroProc } from '@hero/proc'
import type { LogsPlugin } from '@hero/proc-logs'
import type { Command } from 'commander'
import { logOptions, readConfig } from '../config.js'
import { lockDataDir } from '../data-dir.js'
import { EXIT, usageError } from '../exit.js'
import { resolveHttp } from '../http-settings.js'
import { interruption } from '../interruption.js'
import { watchedBy } from '../watched.js'
import type { Watched } from '../watched.js'
import { parseCount } from '../options.js'
import { formatChanges } from './reload.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

interface ServeFlags extends SettingFlags {
  readonly config?: string
  readonly sysmonInterval?: number
}

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--config <file>', 'services to run, in TOML; SIGHUP or reload reads it again')
    .option(
      '--sysmon-interval <seconds>',
      'how often it is looked what services use, 0 for never (HERO_PROC_SYSMON_INTERVAL; default 10)',
      (text) => parseCount(text, '--sysmon-interval'),
    )
    .addHelpText(
      'after',
      '\nSIGTERM or Ctrl-C stops the services, writes what is left and exits 0; a second one exits at\n' +
        'once. Exits 4 if another hero_proc uses the data dir or the socket.',
    )
    .action(async (_: object, self: Command) => {
      process.exitCode = await serve(self.optsWithGlobals<ServeFlags>())
    })
}

async function serve(flags: ServeFlags): Promise<number> {
  const { config } = flags
  const sysmonSeconds = sysmonInterval(flags)
  const { dataDir, logsDir, socketPath } = resolveSettings(flags)
  const options = logOptions(readConfig(flags))
  const http = await resolveHttp()
  const lock = await lockDataDir(dataDir)
  // From here on a signal means an orderly end, even while starting.
  const { signal } = interruption(config === undefined ? [] : ['SIGHUP'])
  const [
    { adoptOrphans, findServiceManager, startHeroProc },
    { openLogsPlugin },
    { createSysmonPlugin },
  ] = await Promise.all([import('@hero/proc'), import('@hero/proc-logs'), import('@hero/sysmon')])
  const reaper = adoptOrphans()
  const watched = watchedBy(findServiceManager(), socketPath)
  let logs: LogsPlugin | undefined
  try {
    logs = await openLogsPlugin({ ...options, dir: logsDir, followFiles: true })
    const sysmon =
      sysmonSeconds === 0
        ? []
        : [createSysmonPlugin({ logs: logs.logs, intervalMs: sysmonSeconds * 1_000 })]
    const server = await startHeroProc({
      dataDir,
      socketPath,
      plugins: [logs, ...sysmon],
      ...(http === undefined ? {} : { http }),
      ...(reaper === undefined ? {} : { adopted: () => reaper.orphans() }),
      ...(config === undefined ? {} : { configPath: resolve(config) }),
      ...REPORTS,
    })
    if (config !== undefined) process.on('SIGHUP', () => void reload(server, watched))
    say(`hero_proc: Ready at ${socketPath} (pid ${process.pid}, data dir ${dataDir})`)
    if (server.http) say(`hero_proc: Also at http://${server.http.host}:${server.http.port}`)
    watched.ready()
    await aborted(signal)
    watched.stopping()
    say('hero_proc: Stopping')
    await server.close()
    return EXIT.ok
  } finally {
    // Closed already, unless starting failed.
    await logs?.close?.()
    reaper?.close()
    lock.release()
  }
}

const REPORTS = {
  onPluginError: (plugin: string, error: unknown) => sayError(`Plugin ${plugin}`, error),
  onInternalError: (error: unknown, where: string) => sayError(where, error),
}

const SYSMON_SECONDS = 10
const SYSMON_SECONDS_MAX = 3_600

function sysmonInterval({ sysmonInterval: given }: ServeFlags): number {
  const variable = process.env['HERO_PROC_SYSMON_INTERVAL'] ?? ''
  const name = 'HERO_PROC_SYSMON_INTERVAL'
  const seconds = given ?? (variable === '' ? SYSMON_SECONDS : parseCount(variable, name))
  if (seconds <= SYSMON_SECONDS_MAX) return seconds
  throw usageError(`Expected a sysmon interval of at most ${SYSMON_SECONDS_MAX} s, got ${seconds}`)
}

async function reload(server: HeroProc, watched: Watched): Promise<void> {
  watched.reloading()
  try {
    say(formatChanges(await server.reload()).trimEnd())
  } catch (error) {
    say(`hero_proc: Not reloaded: ${(error as Error).message}`)
  }
  watched.ready()
}

function sayError(where: string, error: unknown): void {
  say(
    `hero_proc: ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
