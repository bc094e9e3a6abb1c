// `hero_proc serve`: the supervisor in the foreground. The lock on the data dir comes first, so that a
// second one leaves before it has touched anything; the socket comes last, when everything is ready.
import { existsSync } from 'node:fs'
import type { HeroProc, Reaper } from '@hero/proc'
import type { LogsPlugin, LogsPluginOptions } from '@hero/proc-logs'
import type { Command } from 'commander'
import { CONFIG_HELP, checkFileOptions, logOptions, optionOf, readConfig } from '../config.js'
import type { ConfigFlags, ConfigItem } from '../config.js'
import { checkFolders, lockDataDir } from '../data-dir.js'
import { EXIT, usageError } from '../exit.js'
import { resolveHttp } from '../http-settings.js'
import { interruption } from '../interruption.js'
import { watchedBy } from '../watched.js'
import type { Watched } from '../watched.js'
import { parseCount } from '../options.js'
import { formatChanges } from './reload.js'
import { serveWhenUsable } from '../opening.js'
import type { Opening } from '../opening.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--config <file>', CONFIG_HELP)
    .option(
      '--sysmon-interval <seconds>',
      'seconds between two looks at what services use, 0 for never (HERO_PROC_SYSMON_INTERVAL; default 10)',
      (text) => parseCount(text, '--sysmon-interval'),
    )
    .addHelpText(
      'after',
      '\nSIGTERM or Ctrl-C stops the services, writes what is left and exits 0; a second one exits at once. reload\n' +
        'reads the configuration file again, and so does SIGHUP if there was one at the start; else it is as SIGTERM.\n' +
        'Exits 4 if another hero_proc uses the data dir or the socket. Without rights in the data dir it goes on\n' +
        'degraded: it answers, holds entries in memory, and starts as soon as it can.',
    )
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<ConfigFlags>()
      process.exitCode = await serveWhenUsable(flags, (opening) => serve(flags, opening))
    })
}

async function serve(flags: ConfigFlags, opening: Opening): Promise<number> {
  const { dataDir, logsDir, socketPath } = resolveSettings(flags)
  const config = await readConfig(flags)
  const configPath = String(optionOf(config, 'config'))
  const sysmonSeconds = sysmonInterval(config)
  const http = await resolveHttp(String(optionOf(config, 'http') ?? ''))
  const storeOptions = { ...logOptions(config), dir: logsDir }
  const lock = await lockDataDir(dataDir)
  // From here on a signal means an orderly end, even while starting.
  const isReloaded = existsSync(configPath)
  const interrupted = interruption(isReloaded ? ['SIGHUP'] : [])
  const signal = opening.join(interrupted.signal)
  let hangUp = (): void => say('hero_proc: Not reloaded: it is starting')
  const onHangUp = (): void => hangUp()
  if (isReloaded) process.on('SIGHUP', onHangUp)
  const { front } = opening
  let logs: LogsPlugin | undefined
  let reaper: Reaper | undefined
  try {
    checkFolders(dataDir)
    const held = front === undefined ? {} : { held: front.held }
    const parts = await openParts({ ...storeOptions, followFiles: true, ...held })
    logs = parts.logs
    opening.opened(logs.logs)
    reaper = parts.adoptOrphans()
    const watched = watchedBy(parts.findServiceManager(), socketPath)
    const sysmon =
      sysmonSeconds === 0
        ? []
        : [parts.createSysmonPlugin({ logs: logs.logs, intervalMs: sysmonSeconds * 1_000 })]
    const server = await parts.startHeroProc({
      dataDir,
      socketPath,
      plugins: [logs, ...sysmon],
      ...(http === undefined ? {} : { http }),
      adopted: () => reaper?.orphans() ?? [],
      configPath,
      checkOptions: checkFileOptions,
      signal,
      ...(front?.serving === undefined ? {} : { serving: front.serving }),
      ...REPORTS,
    })
    hangUp = () => void reload(server, watched)
    if (!signal.aborted) {
      say(`hero_proc: Ready at ${socketPath} (pid ${process.pid}, data dir ${dataDir})`)
      if (server.http) say(`hero_proc: Also at http://${server.http.host}:${server.http.port}`)
      watched.ready()
    }
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
    if (!opening.isOpen) {
      interrupted.end()
      process.off('SIGHUP', onHangUp)
    }
  }
}

/** Loads what a supervisor is made of, while the store opens in its own thread. */
async function openParts(options: LogsPluginOptions) {
  const { openLogsPlugin } = await import('@hero/proc-logs')
  const [logs, { adoptOrphans, findServiceManager, startHeroProc }, { createSysmonPlugin }] =
    await Promise.all([openLogsPlugin(options), import('@hero/proc'), import('@hero/sysmon')])
  return { logs, adoptOrphans, findServiceManager, startHeroProc, createSysmonPlugin }
}

const REPORTS = {
  onPluginError: (plugin: string, error: unknown) => sayError(`Plugin ${plugin}`, error),
  onInternalError: (error: unknown, where: string) => sayError(where, error),
}

const SYSMON_SECONDS = 10
const SYSMON_SECONDS_MAX = 3_600

function sysmonInterval(config: readonly ConfigItem[]): number {
  const seconds = Number(optionOf(config, 'sysmon_interval') ?? SYSMON_SECONDS)
  if (seconds >= 0 && seconds <= SYSMON_SECONDS_MAX) return seconds
  throw usageError(`Expected a sysmon interval from 0 to ${SYSMON_SECONDS_MAX} s, got ${seconds}`)
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
