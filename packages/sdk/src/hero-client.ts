// The client of hero_proc over any transport: the generated calls, and what cannot be generated.
import type { CallOptions } from './call.js'
import { toTyped } from './errors.js'
import { createCalls } from './generated/calls.js'
import type { Calls } from './generated/calls.js'
import type { LogEntry } from './log-entry.js'
import { streamLogs } from './log-stream.js'
import type { LogStreamOptions } from './log-stream.js'
import type { Transport } from './transport.js'

/** The calls of hero_proc, by namespace. */
export interface HeroProcClient extends Calls {
  readonly logs: Calls['logs'] & {
    /**
     * Yields entries, history first, until `signal` aborts; see {@link LogStreamOptions}.
     *
     * @throws {InvalidCursorError | MissedRotationError | TransportError | RpcError}
     */
    stream(options?: LogStreamOptions): AsyncGenerator<LogEntry, void>
  }
  /** Calls a method by its name, for those that this version does not know. */
  call<T>(method: string, params?: object, options?: CallOptions): Promise<T>
  /** Closes all connections. Safe to call twice. */
  close(): void
}

/** The client over a transport. */
export function assembleClient(transport: Transport): HeroProcClient {
  const call = async <T>(method: string, params: object = {}, more?: CallOptions): Promise<T> => {
    try {
      return await transport.call<T>(method, params, more)
    } catch (error) {
      throw toTyped(error)
    }
  }
  const calls = createCalls(call)
  return {
    ...calls,
    logs: { ...calls.logs, stream: (options) => streamLogs(transport.follow, options) },
    call,
    close: () => transport.close(),
  }
}
