// `hero_proc serve`: the supervisor in the foreground. The lock on the data dir comes first, so that a
// second one leaves before it has touched anything; the socket comes last, when everything is ready.
import { resolve } from 'node:path'
import type { HeroProc } from '@hero/proc'
import type { LogsPlugin } from '@hero/proc-logs'
import type { Command } from 'commander'
import { lockDataDir } from '../data-dir.js'
import { EXIT } from '../exit.js'
import { interruption } from '../interruption.js'
import { formatChanges } from './reload.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags, Settings } from '../settings.js'

interface ServeFlags extends SettingFlags {
  readonly config?: string
}

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--config <file>', 'services to run, in TOML; SIGHUP or reload reads it again')
    .addHelpText(
      'after',
      '\nSIGTERM or Ctrl-C stops the services, writes what is left and exits 0; a second one exits at\n' +
        'once. Exits 4 if another hero_proc uses the data dir or the socket.',
    )
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<ServeFlags>()
      process.exitCode = await serve(resolveSettings(flags), flags.config)
    })
}

async function serve(settings: Settings, config: string | undefined): Promise<number> {
  const { dataDir, logsDir, socketPath } = settings
  const lock = await lockDataDir(dataDir)
  // From here on a signal means an orderly end, even while starting.
  const { signal } = interruption()
  const [{ adoptOrphans, startHeroProc }, { openLogsPlugin }] = await Promise.all([
    import('@hero/proc'),
    import('@hero/proc-logs'),
  ])
  const reaper = adoptOrphans()
  let logs: LogsPlugin | undefined
  try {
    logs = await openLogsPlugin({ dir: logsDir })
    const server = await startHeroProc({
      dataDir,
      socketPath,
      plugins: [logs],
      ...(reaper === undefined ? {} : { adopted: () => reaper.orphans() }),
      ...(config === undefined ? {} : { configPath: resolve(config) }),
      ...REPORTS,
    })
    process.on('SIGHUP', () => void reload(server))
    say(`hero_proc: Ready at ${socketPath} (pid ${process.pid}, data dir ${dataDir})`)
    await aborted(signal)
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

async function reload(server: HeroProc): Promise<void> {
  try {
    say(formatChanges(await server.reload()).trimEnd())
  } catch (error) {
    say(`hero_proc: Not reloaded: ${(error as Error).message}`)
  }
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
