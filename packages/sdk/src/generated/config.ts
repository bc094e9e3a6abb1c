// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'

export interface ConfigReloadResult {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly ({
    readonly name: string
    readonly keys: readonly string[]
  })[]
  readonly unchanged: readonly string[]
  readonly options: readonly string[]
}

/** The methods of `config`. */
export interface ConfigCalls {
  /** Reads the configuration file again and says what has changed. */
  reload(options?: CallOptions): Promise<ConfigReloadResult>
}

export function createConfigCalls(call: Call): ConfigCalls {
  return {
    reload: (options) => call('config.reload', {}, options),
  }
}
