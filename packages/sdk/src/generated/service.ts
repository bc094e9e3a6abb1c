// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'
import type { LogEntry } from '../log-entry.js'

export interface ServiceListResult {
  readonly services: readonly ServiceStatusResult[]
}

export interface ServiceHealthParams {
  readonly name: string
}

export interface ServiceHealthResult {
  readonly service: string
  readonly ok: boolean
  readonly layers: readonly ({
    readonly layer: 'process' | 'service' | 'admin' | 'domain'
    readonly name: string
    readonly ok: boolean
    readonly detail: string
    readonly socket?: string
    readonly layout?: 'new' | 'old'
  })[]
}

export interface ServiceStatusParams {
  readonly name: string
}

export interface ServiceStatusResult {
  readonly name: string
  readonly state: 'stopped' | 'starting' | 'running' | 'stopping' | 'backoff' | 'failed'
  readonly pid: number | null
  readonly run: number | null
  readonly started_ts: number | null
  readonly next_start_ts: number | null
  readonly restarts: number
  readonly last_exit: {
    readonly run: number
    readonly code: number | null
    readonly signal: string | null
    readonly escaped: boolean
    readonly ended_ts: number
    readonly duration_ms: number
    readonly error?: {
      readonly code: string
      readonly message: string
    }
  } | null
  readonly definition: {
    readonly name: string
    readonly command: readonly string[]
    /** An absolute path. */
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    readonly user?: string
    /** Octal digits such as "027". */
    readonly umask?: string
    readonly limits?: {
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly as?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly core?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly cpu?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly data?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly fsize?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly locks?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly memlock?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly msgqueue?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly nofile?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly nproc?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly rss?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly sigpending?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly stack?: number | string
    }
    readonly capture?: 'pty' | 'pipe' | 'tee'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly give_up_after?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly when_orphaned?: 'stop' | 'keep'
    readonly autostart?: boolean
    readonly depends_on?: readonly string[]
    readonly ready?: {
      readonly type: 'none' | 'notify' | 'unix' | 'http' | 'log'
      readonly fd?: number
      /** An absolute path. */
      readonly path?: string
      readonly url?: string
      readonly pattern?: string
      readonly deadline_ms?: number
    }
    readonly log?: Readonly<Record<string, never>>
  }
}

export interface ServiceInspectParams {
  readonly name: string
}

export interface ServiceInspectResult {
  readonly status: ServiceStatusResult
  readonly is_configured: boolean
  readonly dependents: readonly string[]
  readonly operations: readonly ({
    readonly id: number
    readonly kind: 'start' | 'stop' | 'restart' | 'again' | 'delete' | 'replace'
    readonly state: 'waiting' | 'running' | 'done' | 'failed'
    readonly asked_ts: number
    readonly began_ts: number | null
    readonly ended_ts: number | null
    readonly error?: string
  })[]
  readonly runs: readonly ({
    readonly run: number
    readonly pid: number | null
    readonly started_ts: number
    readonly ended_ts: number | null
    readonly code: number | null
    readonly signal: string | null
    readonly is_restart: boolean
    readonly usage: {
      readonly cpu_ms: number
      readonly cpu_percent_peak: number
      readonly memory_peak_bytes: number
    } | null
    readonly error?: string
  })[]
}

export interface ServiceTroubleshootParams {
  readonly name: string
}

export interface ServiceTroubleshootResult {
  readonly status: ServiceStatusResult
  readonly is_configured: boolean
  readonly dependents: readonly string[]
  readonly operations: readonly ({
    readonly id: number
    readonly kind: 'start' | 'stop' | 'restart' | 'again' | 'delete' | 'replace'
    readonly state: 'waiting' | 'running' | 'done' | 'failed'
    readonly asked_ts: number
    readonly began_ts: number | null
    readonly ended_ts: number | null
    readonly error?: string
  })[]
  readonly runs: readonly ({
    readonly run: number
    readonly pid: number | null
    readonly started_ts: number
    readonly ended_ts: number | null
    readonly code: number | null
    readonly signal: string | null
    readonly is_restart: boolean
    readonly usage: {
      readonly cpu_ms: number
      readonly cpu_percent_peak: number
      readonly memory_peak_bytes: number
    } | null
    readonly error?: string
  })[]
  readonly health: ServiceHealthResult
  readonly plugins: Readonly<Record<string, unknown>>
}

export interface ServiceStartParams {
  readonly name: string
}

export type ServiceStartResult = ServiceStatusResult

export interface ServiceStopParams {
  readonly name: string
}

export type ServiceStopResult = ServiceStatusResult

export interface ServiceRestartParams {
  readonly name: string
}

export type ServiceRestartResult = ServiceStatusResult

export interface ServiceAddParams {
  readonly definition: {
    readonly name: string
    readonly command: readonly string[]
    /** An absolute path. */
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    readonly user?: string
    /** Octal digits such as "027". */
    readonly umask?: string
    readonly limits?: {
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly as?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly core?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly cpu?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly data?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly fsize?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly locks?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly memlock?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly msgqueue?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly nofile?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly nproc?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly rss?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly sigpending?: number | string
      /** An integer, "unlimited" or "SOFT:HARD". */
      readonly stack?: number | string
    }
    readonly capture?: 'pty' | 'pipe' | 'tee'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly give_up_after?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly when_orphaned?: 'stop' | 'keep'
    readonly autostart?: boolean
    readonly depends_on?: readonly string[]
    readonly ready?: {
      readonly type: 'none' | 'notify' | 'unix' | 'http' | 'log'
      readonly fd?: number
      /** An absolute path. */
      readonly path?: string
      readonly url?: string
      readonly pattern?: string
      readonly deadline_ms?: number
    }
    readonly log?: Readonly<Record<string, never>>
  }
  readonly start?: boolean
}

export type ServiceAddResult = ServiceStatusResult

export interface ServiceDeleteParams {
  readonly name: string
}

export interface ServiceDeleteResult {
  readonly deleted: string
}

export interface ServiceLogsParams {
  readonly name: string
  readonly lines?: number
}

export interface ServiceLogsResult {
  readonly entries: readonly LogEntry[]
  readonly cursor: string | null
}

/** The methods of `service`. */
export interface ServiceCalls {
  /** Gives every service with its state, sorted by name. */
  list(options?: CallOptions): Promise<ServiceListResult>
  /** Asks every layer of a service how it is: its process, its sockets, its domains. */
  health(params: ServiceHealthParams, options?: CallOptions): Promise<ServiceHealthResult>
  /** Gives one service with its state. */
  status(params: ServiceStatusParams, options?: CallOptions): Promise<ServiceStatusResult>
  /** Gives one service with its last operations and runs. */
  inspect(params: ServiceInspectParams, options?: CallOptions): Promise<ServiceInspectResult>
  /** Gives everything that helps with a service in trouble, its last lines included. */
  troubleshoot(params: ServiceTroubleshootParams, options?: CallOptions): Promise<ServiceTroubleshootResult>
  /** Starts a service unless it runs. */
  start(params: ServiceStartParams, options?: CallOptions): Promise<ServiceStartResult>
  /** Stops a service and waits for its end. */
  stop(params: ServiceStopParams, options?: CallOptions): Promise<ServiceStopResult>
  /** Stops and starts a service. */
  restart(params: ServiceRestartParams, options?: CallOptions): Promise<ServiceRestartResult>
  /** Stores the definition of a service, and starts it if asked to. */
  add(params: ServiceAddParams, options?: CallOptions): Promise<ServiceAddResult>
  /** Stops a service and forgets its definition; its logs stay. */
  delete(params: ServiceDeleteParams, options?: CallOptions): Promise<ServiceDeleteResult>
  /** Gives the newest entries of a service and of its log files, oldest first. */
  logs(params: ServiceLogsParams, options?: CallOptions): Promise<ServiceLogsResult>
}

export function createServiceCalls(call: Call): ServiceCalls {
  return {
    list: (options) => call('service.list', {}, options),
    health: (params, options) => call('service.health', params, options),
    status: (params, options) => call('service.status', params, options),
    inspect: (params, options) => call('service.inspect', params, options),
    troubleshoot: (params, options) => call('service.troubleshoot', params, options),
    start: (params, options) => call('service.start', params, options),
    stop: (params, options) => call('service.stop', params, options),
    restart: (params, options) => call('service.restart', params, options),
    add: (params, options) => call('service.add', params, options),
    delete: (params, options) => call('service.delete', params, options),
    logs: (params, options) => call('service.logs', params, options),
  }
}
