// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call } from '../call.js'
import { createConfigCalls } from './config.js'
import type { ConfigCalls } from './config.js'
import { createFilesCalls } from './files.js'
import type { FilesCalls } from './files.js'
import { createHeroLoggerCalls } from './hero-logger.js'
import type { HeroLoggerCalls } from './hero-logger.js'
import { createLogBatcherCalls } from './log-batcher.js'
import type { LogBatcherCalls } from './log-batcher.js'
import { createLogsCalls } from './logs.js'
import type { LogsCalls } from './logs.js'
import { createRpcCalls } from './rpc.js'
import type { RpcCalls } from './rpc.js'
import { createServiceCalls } from './service.js'
import type { ServiceCalls } from './service.js'

/** All calls, by namespace. */
export interface Calls {
  readonly config: ConfigCalls
  readonly files: FilesCalls
  readonly heroLogger: HeroLoggerCalls
  readonly logBatcher: LogBatcherCalls
  readonly logs: LogsCalls
  readonly rpc: RpcCalls
  readonly service: ServiceCalls
}

export function createCalls(call: Call): Calls {
  return {
    config: createConfigCalls(call),
    files: createFilesCalls(call),
    heroLogger: createHeroLoggerCalls(call),
    logBatcher: createLogBatcherCalls(call),
    logs: createLogsCalls(call),
    rpc: createRpcCalls(call),
    service: createServiceCalls(call),
  }
}
