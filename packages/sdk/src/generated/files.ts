// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'

export interface FilesAddParams {
  /** The sources are called NAME:FILE. */
  readonly name: string
  readonly paths: readonly string[]
}

export interface FilesAddResult {
  readonly name: string
  readonly paths: readonly string[]
}

export interface FilesRemoveParams {
  readonly name: string
}

export interface FilesRemoveResult {
  readonly removed: boolean
}

export interface FilesListResult {
  readonly files: readonly FilesAddResult[]
}

/** The methods of `files`. */
export interface FilesCalls {
  /** Follows log files that belong to no service, from now on and after restarts. */
  add(params: FilesAddParams, options?: CallOptions): Promise<FilesAddResult>
  /** Follows the files of a name no more; what is in the log stays. */
  remove(params: FilesRemoveParams, options?: CallOptions): Promise<FilesRemoveResult>
  /** Lists the log files that are followed and belong to no service. */
  list(options?: CallOptions): Promise<FilesListResult>
}

export function createFilesCalls(call: Call): FilesCalls {
  return {
    add: (params, options) => call('files.add', params, options),
    remove: (params, options) => call('files.remove', params, options),
    list: (options) => call('files.list', {}, options),
  }
}
