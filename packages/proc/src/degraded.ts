// hero_proc before it can use its data dir: it listens, says what is wrong, and takes what its plugins can
// take without one. Nothing is supervised: which services there are is not known. `startHeroProc` gets the
// sockets as soon as it can start, with the connections that are open.
import type { MethodDefinition } from '@hero/rpc'
import { healthOf, readVersion } from './hero-proc.js'
import { METHOD_NOTES } from './method-notes.js'
import { PluginHost } from './plugin-host.js'
import type { Plugin } from './plugin.js'
import { healthMethod } from './service-methods.js'
import { auditOf, openServing } from './serving.js'
import type { Serving, ServingOptions } from './serving.js'

export interface DegradedOptions extends ServingOptions {
  /** The one that cannot be used. */
  readonly dataDir: string
  /** What answers meanwhile. */
  readonly plugins: readonly Plugin[]
  /** Makes the error for every other call. */
  readonly unavailable: () => Error
}

/**
 * Listens without a data dir.
 *
 * @throws {RangeError | TransportError} As `startHeroProc` does.
 */
export async function serveDegraded(options: DegradedOptions): Promise<Serving> {
  const { dataDir, plugins, unavailable: missing, onInternalError } = options
  const host = new PluginHost({ plugins, onPluginError: () => undefined, barrierDeadlineMs: 0 })
  const health = healthOf(async () => {
    const known = await host.health()
    const ok = Object.values(known).every((plugin) => plugin.ok)
    return { ok, services: { total: 0, running: 0 }, plugins: known }
  }, dataDir)
  const own = healthMethod(health)
  const methods: readonly MethodDefinition[] = [
    { ...own, ...METHOD_NOTES[own.name] },
    ...plugins.flatMap((plugin) => plugin.methods ?? []),
  ]
  const audit = auditOf(plugins, onInternalError)
  const version = readVersion()
  return await openServing(options, {
    plugins,
    methods,
    sockets: [],
    health,
    audit,
    version,
    missing,
  })
}
