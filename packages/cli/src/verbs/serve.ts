// `hero_proc serve`: the supervisor in the foreground. The lock on the data dir comes first, so that a
// second one leaves before it has touched anything; the socket comes last, when everything is ready.
import type { LogsPlugin } from '@hero/proc-logs'
import type { Command } from 'commander'
import { logOptions, readConfig } from '../config.js'
import { lockDataDir } from '../data-dir.js'
import { EXIT } from '../exit.js'
import { resolveHttp } from '../http-settings.js'
import { interruption } from '../interruption.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .addHelpText(
      'after',
      '\nSIGTERM or Ctrl-C stops the services, writes what is left and exits 0; a second one exits at\n' +
        'once. Exits 4 if another hero_proc uses the data dir or the socket.',
    )
    .action(async (_: object, self: Command) => {
      process.exitCode = await serve(self.optsWithGlobals<SettingFlags>())
    })
}

async function serve(flags: SettingFlags): Promise<number> {
  const { dataDir, logsDir, socketPath } = resolveSettings(flags)
  const options = logOptions(readConfig(flags))
  const http = await resolveHttp()
  const lock = await lockDataDir(dataDir)
  // From here on a signal means an orderly end, even while starting.
  const { signal } = interruption()
  const [{ startHeroProc }, { openLogsPlugin }] = await Promise.all([
    import('@hero/proc'),
    import('@hero/proc-logs'),
  ])
  let logs: LogsPlugin | undefined
  try {
    logs = await openLogsPlugin({ ...options, dir: logsDir })
    const server = await startHeroProc({
      dataDir,
      socketPath,
      plugins: [logs],
      ...(http === undefined ? {} : { http }),
      ...REPORTS,
    })
    say(`hero_proc: Ready at ${socketPath} (pid ${process.pid}, data dir ${dataDir})`)
    if (server.http) say(`hero_proc: Also at http://${server.http.host}:${server.http.port}`)
    await aborted(signal)
    say('hero_proc: Stopping')
    await server.close()
    return EXIT.ok
  } finally {
    // Closed already, unless starting failed.
    await logs?.close?.()
    lock.release()
  }
}

const REPORTS = {
  onPluginError: (plugin: string, error: unknown) => sayError(`Plugin ${plugin}`, error),
  onInternalError: (error: unknown, where: string) => sayError(where, error),
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
