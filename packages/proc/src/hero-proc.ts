// hero_proc as a whole: the supervisor, its plugins, and the socket on which all of them answer.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { attachRoute } from './attach-route.js'
import type { ReloadChanges } from './config-changes.js'
import { Configuration } from './configuration.js'
import { serviceMethods } from './service-methods.js'
import type { HeroProcHealth } from './service-methods.js'
import { auditOf, openServing } from './serving.js'
import type { Serving, ServingOptions } from './serving.js'
import { createSupervisor } from './supervisor.js'
import type { Supervisor, SupervisorHealth, SupervisorOptions } from './supervisor.js'

export interface HeroProcOptions extends SupervisorOptions, ServingOptions {
  /** A file of services and options, in TOML, which `config.reload` reads again. It may be missing. */
  readonly configPath?: string
  /** Throws if the options of the file are no good. @default all are */
  readonly checkOptions?: (options: Readonly<Record<string, unknown>>) => void
  /** Sockets that are open already; see `serveDegraded`. @default opens its own */
  readonly serving?: Serving
  /** Aborted: services that are starting are stopped instead of waited for. */
  readonly signal?: AbortSignal
}

export interface HeroProc {
  readonly supervisor: Supervisor
  readonly socketPath: string
  /** Where it listens on TCP, if it does. */
  readonly http: { readonly host: string; readonly port: number } | undefined
  /**
   * Reads the configuration file again and makes the services what it says; see `Supervisor.configure`.
   *
   * @throws {ProcError} `InvalidParams`, `NotFound`, `Conflict`; nothing is changed then.
   */
  reload(): Promise<ReloadChanges>
  /**
   * Stops the services, then the socket, then the plugins. Safe to call twice.
   *
   * @throws {ProcError} `Unavailable` if services survive SIGKILL; everything else is closed then.
   */
  close(): Promise<void>
}

/**
 * Starts hero_proc: loads the definitions, listens, and starts what is to be started. The caller holds
 * the lock of the data directory.
 *
 * @throws {ProcError} `InvalidParams` if the configuration file is wrong.
 * @throws {RangeError} If the socket's path is too long.
 * @throws {TypeError} If two plugins bring the same method or route.
 * @throws {TransportError} `Conflict` if somebody listens there; `PermissionDenied`.
 */
export async function startHeroProc(options: HeroProcOptions): Promise<HeroProc> {
  const supervisor = await createSupervisor(options)
  const configuration = new Configuration(supervisor, options)
  const reload = (): Promise<ReloadChanges> => configuration.reload()
  let server: Serving | undefined
  try {
    await configuration.load()
    server = await listen(supervisor, options, reload)
    await supervisor.endOrphans()
  } catch (error) {
    // A socket that goes on listening would keep this process, and callers would take it for a hero_proc.
    await server?.close()
    await supervisor.close()
    throw error
  }
  const serving = server
  await startAll(supervisor, options.signal)
  serving.started()
  let closed: Promise<void> | undefined
  return {
    supervisor,
    socketPath: options.socketPath,
    reload,
    http: serving.http,
    close: () => (closed ??= close(supervisor, serving)),
  }
}

/** A service may take an hour to become ready: who aborts does not wait for it. */
async function startAll(supervisor: Supervisor, signal: AbortSignal | undefined): Promise<void> {
  // Services that do not end are told by close(), which stops them as well.
  const stop = (): void => void supervisor.stopAll().catch(() => undefined)
  if (signal?.aborted === true) return stop()
  signal?.addEventListener('abort', stop)
  await supervisor.startAll()
  signal?.removeEventListener('abort', stop)
}

async function listen(
  supervisor: Supervisor,
  options: HeroProcOptions,
  reload: () => Promise<ReloadChanges>,
): Promise<Serving> {
  const { plugins } = supervisor
  const health = healthOf(() => supervisor.health(), options.dataDir)
  // The socket is <socket dir>/hero_proc/rpc.sock.
  const socketDir = dirname(dirname(options.socketPath))
  const methods = [
    ...serviceMethods(supervisor, health, { reload, socketDir }),
    ...plugins.flatMap((plugin) => plugin.methods ?? []),
  ]
  const audit = auditOf(plugins, options.onInternalError)
  const sockets = [attachRoute(supervisor, audit)]
  const version = readVersion()
  const served = { plugins, methods, sockets, health, audit, version }
  if (options.serving === undefined) return await openServing(options, served)
  await options.serving.serve(served, options.http)
  return options.serving
}

/** Services first: until the last line is in, readers can still be answered. */
async function close(supervisor: Supervisor, server: Serving): Promise<void> {
  try {
    await supervisor.stopAll()
  } finally {
    await server.close()
    await supervisor.close()
  }
}

/** It does not begin anew when a degraded hero_proc starts after all. */
const begun = performance.now()

/** What `rpc.health` answers, from what the supervisor knows. */
export function healthOf(
  known: () => Promise<SupervisorHealth>,
  dataDir: string,
): () => Promise<HeroProcHealth> {
  const version = readVersion()
  return async () => {
    const { ok, services, plugins } = await known()
    const uptimeMs = Math.round(performance.now() - begun)
    const own = { pid: process.pid, version, uptime_ms: uptimeMs, data_dir: dataDir }
    return { ok, ...own, services, plugins }
  }
}

/** The version of this package. */
export function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
