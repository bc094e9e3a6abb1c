// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'

export interface RpcHealthResult {
  readonly ok: boolean
  readonly pid: number
  readonly version: string
  readonly uptime_ms: number
  readonly data_dir: string
  readonly services: {
    readonly total: number
    readonly running: number
  }
  readonly plugins: Readonly<Record<string, {
    readonly ok: boolean
    readonly detail: string
  }>>
}

export interface RpcDiscoverResult {
  readonly openrpc: '1.3.2'
  readonly info: {
    readonly title: string
    readonly version: string
  }
  readonly methods: readonly ({
    readonly name: string
    readonly summary: string
  })[]
}

/** The methods of `rpc`. */
export interface RpcCalls {
  /** Says whether hero_proc and its plugins are well. */
  health(options?: CallOptions): Promise<RpcHealthResult>
  /** Gives the OpenRPC document of all methods. */
  discover(options?: CallOptions): Promise<RpcDiscoverResult>
}

export function createRpcCalls(call: Call): RpcCalls {
  return {
    health: (options) => call('rpc.health', {}, options),
    discover: (options) => call('rpc.discover', {}, options),
  }
}
