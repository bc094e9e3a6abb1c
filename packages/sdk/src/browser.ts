// The client for pages, the subpath `@hero/sdk/browser`: the same calls and streams over fetch and WebSocket.
// Nothing in its module graph needs Node.
import { createBrowserClient } from '@hero/rpc/browser'
import type { BrowserClientOptions } from '@hero/rpc/browser'
import { assembleClient } from './hero-client.js'
import type { HeroProcClient } from './hero-client.js'
import { createSocketFeed } from './socket-feed.js'

export { errorCodeName, RpcError, TransportError } from '@hero/rpc/browser'
export type { BrowserClientOptions, CallOptions } from '@hero/rpc/browser'
export { InvalidCursorError, MissedRotationError } from './errors.js'
export type { Calls } from './generated/calls.js'
export type { HeroProcClient } from './hero-client.js'
export type { LogEntry, LogGap, LogRecord } from './log-entry.js'
export type { LogFilters } from './log-filters.js'
export type { LogStreamOptions } from './log-stream.js'

/**
 * Makes a client. It connects when it is first used.
 *
 * @throws {TypeError} If the address is none.
 *
 * @example
 * ```ts
 * const hero = connect({ url: location.origin })
 * for await (const { text } of hero.logs.stream({ sources: ['shop'], tail: 10 })) console.log(text)
 * ```
 */
export function connect(options: BrowserClientOptions): HeroProcClient {
  const client = createBrowserClient(options)
  return assembleClient({ ...client, follow: createSocketFeed(client) })
}
