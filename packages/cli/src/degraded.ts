// `serve` while the data dir cannot be used: rights are missing, or its file system is read-only. hero_proc
// is up all the same: it listens, says what is wrong, holds the entries that come, and tries again until it
// can start. Nothing is supervised meanwhile, and nothing in the data dir is touched.
//
//   no rights ──► listen, say why, hold ──► try to start, every few seconds ──► the store is open:
//                        └─► a signal: what is held is lost, and said           held lines go in, services start
import { setTimeout as sleep } from 'node:timers/promises'
import { HeldLines, OWN_SOURCE, resolveLogsOptions } from '@hero/logs'
import type { Logs } from '@hero/logs'
import { findServiceManager, ProcError, serveDegraded as listenDegraded } from '@hero/proc'
import type { Plugin, Serving } from '@hero/proc'
import { createHeldPlugin } from '@hero/proc-logs/held'
import { logOptions, optionOf, readConfig, readConfigWithoutFile } from './config.js'
import type { ConfigFlags, ConfigItem } from './config.js'
import { isPermission } from './data-dir.js'
import { describeError, EXIT } from './exit.js'
import { resolveHttp } from './http-settings.js'
import { interruption } from './interruption.js'
import { isOfDataDir, Opening } from './opening.js'
import type { Serve } from './opening.js'
import { say } from './output.js'
import { resolveSettings } from './settings.js'
import type { Settings } from './settings.js'
import { formatSpan } from './span.js'
import { watchedBy } from './watched.js'
import type { Watched } from './watched.js'

/** Between the first two tries, doubled from one to the next. */
const RETRY_MS = 1_000
/** Between any two: back within seconds, although a try that gets as far as the store starts a thread. */
const RETRY_MS_MAX = 4_000

const HINT =
  'Mend its owner, its mode or its file system: hero_proc goes on by itself within seconds'

/**
 * Serves without a data dir until `serve` can start.
 *
 * @param error Why it could not.
 * @throws What `serve` throws for another reason; `TransportError` `Conflict` if somebody has the socket.
 */
export async function serveDegraded(
  flags: ConfigFlags,
  error: unknown,
  serve: Serve,
): Promise<number> {
  // What a file says that cannot be read is known when it can be: the start reads it again.
  const config = await readConfig(flags).catch(() => readConfigWithoutFile(flags))
  const state = new Degraded(error, resolveSettings(flags), config)
  try {
    return await state.run(flags, serve)
  } finally {
    await state.close()
  }
}

class Degraded {
  readonly #settings: Settings
  readonly #config: readonly ConfigItem[]
  readonly #begun = performance.now()
  readonly #signal: AbortSignal = interruption(['SIGHUP']).signal
  readonly #held: HeldLines
  readonly #plugin: Plugin
  readonly #watched: Watched
  #serving: Serving | undefined
  #isOver = false
  #reason: string
  #told = ''

  constructor(error: unknown, settings: Settings, config: readonly ConfigItem[]) {
    this.#settings = settings
    this.#config = config
    this.#reason = (error as Error).message
    const options = resolveLogsOptions({ ...logOptions(config), dir: settings.logsDir })
    this.#held = new HeldLines(options.queueBytesMax)
    this.#plugin = createHeldPlugin(this.#held, () => this.#unavailable())
    this.#watched = watchedBy(findServiceManager(), settings.socketPath)
    process.on('SIGHUP', refuseReload)
  }

  async run(flags: ConfigFlags, serve: Serve): Promise<number> {
    const [signal, held] = [this.#signal, this.#held]
    for (let waitMs = RETRY_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MS_MAX)) {
      this.#tell(await this.#listen())
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return EXIT.ok
      const opened = (logs: Logs): void => this.#opened(logs)
      const front = { held, serving: this.#serving, signal, opened }
      const opening = new Opening(front)
      try {
        return await serve(opening)
      } catch (error) {
        if (opening.isOpen || !isOfDataDir(error, flags)) throw error
        this.#reason = (error as Error).message
      }
    }
  }

  async close(): Promise<void> {
    await this.#serving?.close()
    await this.#plugin.close?.()
    const { lines, dropped } = this.#held.figures
    if (this.#isOver || lines + dropped === 0) return
    say(`hero_proc: ${lines + dropped} lines are lost: the data dir could not be used`)
  }

  /** Listens unless it does already, and returns where, or why not. */
  async #listen(): Promise<string> {
    const { dataDir, socketPath } = this.#settings
    try {
      const http = await resolveHttp(String(optionOf(this.#config, 'http') ?? ''))
      this.#serving ??= await listenDegraded({
        dataDir,
        socketPath,
        ...(http === undefined ? {} : { http }),
        plugins: [this.#plugin],
        unavailable: () => this.#unavailable(),
        onInternalError: (error, where) => say(`hero_proc: ${where}: ${String(error)}`),
      })
      return `at ${socketPath} (pid ${process.pid})`
    } catch (error) {
      // On the same file system as the data dir, as a rule: it comes back with it.
      if (!isPermission(error)) throw error
      return `without a socket (${(error as Error).message})`
    }
  }

  /** Says what is wrong, once until it is something else. */
  #tell(where: string): void {
    const told = `Degraded ${where}: ${this.#reason}`
    if (told === this.#told) return
    this.#told = told
    say(describeError(Object.assign(new Error(told), { hint: HINT })).trimEnd())
    this.#watched.degraded(this.#reason)
  }

  #unavailable(): ProcError {
    return new ProcError('Unavailable', `hero_proc is degraded: ${this.#reason}`, { hint: HINT })
  }

  #opened(logs: Logs): void {
    this.#isOver = true
    process.off('SIGHUP', refuseReload)
    const { lines, dropped } = this.#held.figures
    const ms = Math.round(performance.now() - this.#begun)
    const text = `hero_proc was degraded for ${formatSpan(ms)}: ${this.#reason}; ${lines} lines were held, ${dropped} dropped`
    say(`hero_proc: The data dir can be used; ${lines} lines were held, ${dropped} dropped`)
    const fields = { event: 'degraded', ms, lines, dropped }
    logs.sink({ source: OWN_SOURCE, origin: 'system' }).write({ text, level: 'warning', fields })
  }
}

function refuseReload(): void {
  say('hero_proc: Not reloaded: it is degraded')
}
