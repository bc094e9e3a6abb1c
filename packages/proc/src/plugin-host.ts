// Calls the plugins: all of them, in order, each guarded. What one throws is reported and stays with it.
import type { LineRegion } from '@hero/capture'
import { settlesWithin } from './deadline.js'
import { messageOf, ProcError } from './errors.js'
import type {
  Plugin,
  PluginHealth,
  RunConsumer,
  RunControls,
  RunExit,
  RunInfo,
  RunUsage,
  SupervisorEvent,
} from './plugin.js'
import type { ServiceDefinition } from './service-definition.js'

export interface PluginHostOptions {
  readonly plugins: readonly Plugin[]
  /** How long a plugin may hold back the end of a run, in milliseconds. */
  readonly barrierDeadlineMs: number
  readonly onPluginError: (plugin: string, error: unknown) => void
}

/** All plugins as one. */
export class PluginHost {
  readonly plugins: readonly Plugin[]
  readonly #options: PluginHostOptions

  constructor(options: PluginHostOptions) {
    this.plugins = options.plugins
    this.#options = options
  }

  /** Announces a run and collects who wants its lines. `controlsFor` makes one set of controls a plugin. */
  runStarting(run: RunInfo, controlsFor: () => RunControls): (region: LineRegion) => void {
    const consumers: (readonly [plugin: Plugin, consumer: RunConsumer])[] = []
    for (const plugin of this.plugins) {
      const consumer = this.#guard(plugin, () => plugin.runStarting?.(run, controlsFor()))
      if (consumer !== undefined) consumers.push([plugin, consumer])
    }
    return (region) => {
      for (const [plugin, consumer] of consumers) {
        try {
          consumer.onLines(region)
        } catch (error) {
          this.#options.onPluginError(plugin.name, error)
        }
      }
    }
  }

  runStarted(run: RunInfo): void {
    for (const plugin of this.plugins) this.#guard(plugin, () => plugin.runStarted?.(run))
  }

  /** Resolves when every plugin has let go of the run, at the latest at the deadline. */
  async runEnded(run: RunInfo, exit: RunExit): Promise<void> {
    const { barrierDeadlineMs } = this.#options
    await Promise.all(
      this.plugins.map(async (plugin) => {
        const ended = this.#settle(plugin, async () => plugin.runEnded?.(run, exit))
        if (await settlesWithin(ended, barrierDeadlineMs)) return
        const message = `Expected runEnded of ${run.service} #${run.run} within ${barrierDeadlineMs} ms`
        this.#options.onPluginError(plugin.name, new Error(message))
      }),
    )
  }

  event(event: SupervisorEvent): void {
    for (const plugin of this.plugins) this.#guard(plugin, () => plugin.supervisorEvent?.(event))
  }

  /** @throws {ProcError} `InvalidParams` with what the first plugin says that refuses it. */
  checkDefinition(definition: ServiceDefinition): void {
    for (const plugin of this.plugins) {
      try {
        plugin.checkDefinition?.(definition)
      } catch (error) {
        throw new ProcError('InvalidParams', messageOf(error), { cause: error })
      }
    }
  }

  /** What each plugin knows of a service, by plugin; one that throws says so. */
  async troubleshoot(service: string): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {}
    for (const plugin of this.plugins) {
      if (plugin.troubleshoot === undefined) continue
      found[plugin.name] = await plugin
        .troubleshoot(service)
        .catch((error: unknown) => ({ error: messageOf(error) }))
    }
    return found
  }

  /** What the first plugin that looks at it has seen a service's run use. */
  runUsage(service: string): RunUsage | undefined {
    for (const plugin of this.plugins) {
      const usage = this.#guard(plugin, () => plugin.runUsage?.(service))
      if (usage !== undefined) return usage
    }
    return undefined
  }

  /** Health by plugin; one that throws is not well. */
  async health(): Promise<Record<string, PluginHealth>> {
    const rows = await Promise.all(
      this.plugins.map(async (plugin): Promise<[string, PluginHealth]> => {
        try {
          return [plugin.name, (await plugin.health?.()) ?? { ok: true, detail: '' }]
        } catch (error) {
          return [plugin.name, { ok: false, detail: messageOf(error) }]
        }
      }),
    )
    return Object.fromEntries(rows)
  }

  /** Closes the plugins, the last one first. */
  async close(): Promise<void> {
    for (const plugin of this.plugins.toReversed()) {
      await this.#settle(plugin, async () => plugin.close?.())
    }
  }

  #guard<T>(plugin: Plugin, call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#options.onPluginError(plugin.name, error)
      return undefined
    }
  }

  async #settle(plugin: Plugin, call: () => Promise<void>): Promise<void> {
    try {
      await call()
    } catch (error) {
      this.#options.onPluginError(plugin.name, error)
    }
  }
}
