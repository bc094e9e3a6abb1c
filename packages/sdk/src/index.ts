// The public face of the client.
export { createClient } from './client.js'
export type { ClientOptions, HeroProcClient } from './client.js'
export { InvalidCursorError, MissedRotationError } from './errors.js'
export { errorCodeName, RpcError, TransportError } from '@hero/rpc/client'
export type { CallOptions } from '@hero/rpc/client'
export type { Calls } from './generated/calls.js'
export type { LogEntry, LogGap, LogRecord } from './log-entry.js'
export type { LogStreamOptions } from './log-stream.js'
