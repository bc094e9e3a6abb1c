// The client for programs: everything over the Unix socket of hero_proc.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createRpcClient } from '@hero/rpc/client'
import { createEventFeed } from './event-feed.js'
import { assembleClient } from './hero-client.js'
import type { HeroProcClient } from './hero-client.js'

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
  return assembleClient({ ...rpc, follow: createEventFeed(rpc) })
}

function defaultSocketPath(): string {
  const given = process.env['HERO_SOCKET_DIR']
  const folder = given === undefined || given === '' ? join(homedir(), 'hero/var/sockets') : given
  return join(folder, 'hero_proc', 'rpc.sock')
}
