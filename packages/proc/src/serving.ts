// What hero_proc serves, where: the methods, routes and figures of the supervisor and its plugins, on the
// Unix socket and, if asked for, on TCP.
import { peerCredentials } from '@hero/capture'
import { createDispatcher, listenRpc, listenTcp } from '@hero/rpc'
import type {
  AuditedCall,
  ListenRpcOptions,
  ListenTcpOptions,
  MethodDefinition,
  Readiness,
  ServedOptions,
  SocketRoute,
  TcpServer,
} from '@hero/rpc'
import { messageOf } from './errors.js'
import type { Plugin } from './plugin.js'
import type { HeroProcHealth } from './service-methods.js'

export interface ServingOptions {
  /** Where to listen: at most 107 bytes. */
  readonly socketPath: string
  /**
   * Where else to listen: on TCP. An address that is not loopback needs a token.
   * @default only on the socket
   */
  readonly http?: Pick<
    ListenTcpOptions,
    'host' | 'port' | 'token' | 'allowedHosts' | 'allowedOrigins'
  >
  /** Gets every error that a caller was only told `Internal error` about. */
  readonly onInternalError?: (error: unknown, where: string) => void
}

export interface Serving {
  /** Where it listens on TCP, if it does. */
  readonly http: { readonly host: string; readonly port: number } | undefined
  /**
   * Serves these from now on, on the same sockets; listens on TCP as well if that is asked for now.
   *
   * @throws {TypeError | RangeError | TransportError} As {@link openServing}.
   */
  serve(served: Served, http: ServingOptions['http']): Promise<void>
  /** Says that everything that was to be started has been. */
  started(): void
  close(): Promise<void>
}

/** What is served. */
export interface Served {
  readonly plugins: readonly Plugin[]
  readonly methods: readonly MethodDefinition[]
  readonly sockets: readonly SocketRoute[]
  readonly health: () => Promise<HeroProcHealth>
  readonly audit: (call: AuditedCall) => void
  readonly version: string
  /** Makes the error for methods and paths that there are not. @default `MethodNotFound`, `NotFound` */
  readonly missing?: () => Error
}

/** What tells all plugins of a call. */
export function auditOf(
  plugins: readonly Plugin[],
  onInternalError: (error: unknown, where: string) => void = () => undefined,
): (call: AuditedCall) => void {
  return (call) => {
    for (const plugin of plugins) {
      try {
        plugin.audit?.(call)
      } catch (error) {
        onInternalError(error, `audit by ${plugin.name}: ${messageOf(error)}`)
      }
    }
  }
}

const DESCRIPTION = 'Starts and watches services, and keeps every line that they print'

/**
 * Listens.
 *
 * @throws {RangeError} If the socket's path is too long, or a token is missing or too short.
 * @throws {TypeError} If two plugins bring the same method or route.
 * @throws {TransportError} `Conflict` if somebody listens there; `PermissionDenied`; `Unavailable`.
 */
export async function openServing(options: ServingOptions, served: Served): Promise<Serving> {
  const { socketPath, http, onInternalError = () => undefined } = options
  let isStarted = false
  const answers = (now: Served): ServedOptions =>
    servedOptions(now, onInternalError, () => isStarted)
  const unix = await listenRpc({ ...answers(served), socketPath, peerOf })
  let tcp: TcpServer | undefined
  try {
    tcp = http === undefined ? undefined : await listenTcp({ ...answers(served), ...http })
  } catch (error) {
    await unix.close()
    throw error
  }
  return {
    get http() {
      return tcp === undefined ? undefined : { host: tcp.host, port: tcp.port }
    },
    serve: async (now, address) => {
      unix.serve(answers(now))
      tcp?.serve(answers(now))
      if (address !== undefined) tcp ??= await listenTcp({ ...answers(now), ...address })
    },
    started: () => {
      isStarted = true
    },
    close: async () => {
      await Promise.all([unix.close(), tcp?.close()])
    },
  }
}

function servedOptions(
  served: Served,
  onInternalError: (error: unknown, where: string) => void,
  isStarted: () => boolean,
): ServedOptions {
  const { plugins, methods, health, audit, version, missing } = served
  const info = { title: 'hero_proc', version, description: DESCRIPTION }
  const otherwise = missing === undefined ? {} : { missing }
  return {
    dispatcher: createDispatcher({ info, methods, onInternalError, audit, ...otherwise }),
    routes: plugins.flatMap((plugin) => plugin.routes ?? []),
    sockets: [...served.sockets, ...plugins.flatMap((plugin) => plugin.sockets ?? [])],
    health: async () => ({ ...(await health()) }),
    ready: async () => readiness(await health(), isStarted()),
    metrics: () => plugins.flatMap((plugin) => plugin.metrics?.() ?? []),
    manifest: {
      domains: ['services', ...plugins.map(({ name }) => name)],
      contexts: [],
      sockets: { rpc: 'rpc.sock', admin: 'admin.sock' },
    },
    onInternalError,
    ...otherwise,
  }
}

/** The kernel's word on who has connected; nothing where it cannot be asked. */
const peerOf: NonNullable<ListenRpcOptions['peerOf']> = (socket) => {
  try {
    return peerCredentials(socket)
  } catch {
    return undefined
  }
}

function readiness({ plugins }: HeroProcHealth, isStarted: boolean): Readiness {
  const checks = Object.entries(plugins).map(
    ([name, { ok, detail }]) => [name, ok ? 'ok' : detail] as const,
  )
  const ready = isStarted && Object.values(plugins).every(({ ok }) => ok)
  return {
    ready,
    checks: { services: isStarted ? 'ok' : 'starting', ...Object.fromEntries(checks) },
  }
}
