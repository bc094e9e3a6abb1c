// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'

export interface ServiceListResult {
  readonly services: readonly ({
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
      readonly capture?: 'pty' | 'pipe'
      readonly restart?: 'always' | 'on-failure' | 'never'
      readonly backoff_min_ms?: number
      readonly backoff_max_ms?: number
      readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
      readonly stop_deadline_ms?: number
      readonly autostart?: boolean
      readonly log?: Readonly<Record<string, never>>
    }
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
    readonly capture?: 'pty' | 'pipe'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly autostart?: boolean
    readonly log?: Readonly<Record<string, never>>
  }
}

export interface ServiceStartParams {
  readonly name: string
}

export interface ServiceStartResult {
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
    readonly capture?: 'pty' | 'pipe'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly autostart?: boolean
    readonly log?: Readonly<Record<string, never>>
  }
}

export interface ServiceStopParams {
  readonly name: string
}

export interface ServiceStopResult {
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
    readonly capture?: 'pty' | 'pipe'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly autostart?: boolean
    readonly log?: Readonly<Record<string, never>>
  }
}

export interface ServiceRestartParams {
  readonly name: string
}

export interface ServiceRestartResult {
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
    readonly capture?: 'pty' | 'pipe'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly autostart?: boolean
    readonly log?: Readonly<Record<string, never>>
  }
}

export interface ServiceAddParams {
  readonly definition: {
    readonly name: string
    readonly command: readonly string[]
    /** An absolute path. */
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    readonly user?: string
    readonly capture?: 'pty' | 'pipe'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly autostart?: boolean
    readonly log?: Readonly<Record<string, never>>
  }
  readonly start?: boolean
}

export interface ServiceAddResult {
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
    readonly capture?: 'pty' | 'pipe'
    readonly restart?: 'always' | 'on-failure' | 'never'
    readonly backoff_min_ms?: number
    readonly backoff_max_ms?: number
    readonly stop_signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGKILL'
    readonly stop_deadline_ms?: number
    readonly autostart?: boolean
    readonly log?: Readonly<Record<string, never>>
  }
}

export interface ServiceDeleteParams {
  readonly name: string
}

export interface ServiceDeleteResult {
  readonly deleted: string
}

/** The methods of `service`. */
export interface ServiceCalls {
  /** Gives every service with its state, sorted by name. */
  list(options?: CallOptions): Promise<ServiceListResult>
  /** Gives one service with its state. */
  status(params: ServiceStatusParams, options?: CallOptions): Promise<ServiceStatusResult>
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
}

export function createServiceCalls(call: Call): ServiceCalls {
  return {
    list: (options) => call('service.list', {}, options),
    status: (params, options) => call('service.status', params, options),
    start: (params, options) => call('service.start', params, options),
    stop: (params, options) => call('service.stop', params, options),
    restart: (params, options) => call('service.restart', params, options),
    add: (params, options) => call('service.add', params, options),
    delete: (params, options) => call('service.delete', params, options),
  }
}
