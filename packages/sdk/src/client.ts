// The client of hero_proc: the generated calls and what cannot be generated, on one connection.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createRpcClient } from '@hero/rpc/client'
import type { CallOptions } from '@hero/rpc/client'
import { toTyped } from './errors.js'
import { createCalls } from './generated/calls.js'
import type { Calls } from './generated/calls.js'
import type { LogEntry } from './log-entry.js'
import { streamLogs } from './log-stream.js'
import type { LogStreamOptions } from './log-stream.js'

export interface ClientOptions {
  /**
   * The socket of hero_proc.
   * @default `hero_proc/rpc.sock` in `HERO_SOCKET_DIR`, or in `~/hero/var/sockets`
   */
  readonly socketPath?: string
  /**
   * How long a call may take unless it says otherwise, in milliseconds.
   * @default 30_000
   */
  readonly timeoutMs?: number
}

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

/**
 * Makes a client. It connects when it is first used.
 *
 * @throws {RangeError} If the path is too long for a socket.
 *
 * @example
 * ```ts
 * const hero = createClient()
 * await hero.logs.insert({ source: 'shop', entries: [{ text: 'ready', level: 'info' }] })
 * for await (const { text } of hero.logs.stream({ sources: ['shop'], tail: 10 })) console.log(text)
 * ```
 */
export function createClient(options: ClientOptions = {}): HeroProcClient {
  const { socketPath = defaultSocketPath(), ...rest } = options
  const rpc = createRpcClient({ socketPath, ...rest })
  const call = async <T>(method: string, params: object = {}, more?: CallOptions): Promise<T> => {
    try {
      return await rpc.call<T>(method, params, more)
    } catch (error) {
      throw toTyped(error)
    }
  }
  const calls = createCalls(call)
  return {
    ...calls,
    logs: { ...calls.logs, stream: (stream) => streamLogs(rpc, stream) },
    call,
    close: () => rpc.close(),
  }
}

function defaultSocketPath(): string {
  const given = process.env['HERO_SOCKET_DIR']
  const folder = given === undefined || given === '' ? join(homedir(), 'hero/var/sockets') : given
  return join(folder, 'hero_proc', 'rpc.sock')
}
