// The same service over TCP, for browsers and other machines. There is none unless it is asked for; an
// address that others can reach needs a token.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createGuard, isLoopback } from './guard.js'
import type { Guard } from './guard.js'
import { createHttpServer } from './http-server.js'
import type { ServedOptions, ServeOptions } from './http-server.js'
import { systemCode, TransportError } from './transport-error.js'

export interface TcpAddress {
  readonly host: string
  /** 0 lets the system choose one. */
  readonly port: number
}

export interface ListenTcpOptions extends ServeOptions, TcpAddress {
  /** Needed by every request if given; an address that is not loopback needs one. 16 characters or more. */
  readonly token?: string
  readonly allowedHosts?: readonly string[]
  readonly allowedOrigins?: readonly string[]
}

export interface TcpServer {
  readonly host: string
  readonly port: number
  /** See `RpcServer.serve`. */
  serve(served: ServedOptions): void
  /** Takes no more connections, lets running requests end for a moment. Safe to call twice. */
  close(): Promise<void>
}

const TOKEN_CHARACTERS_MIN = 16

/**
 * Reads an address such as `127.0.0.1:8042` or `[::1]:8042`.
 *
 * @throws {RangeError} If it is not one.
 */
export function parseTcpAddress(text: string): TcpAddress {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (match !== null && port <= 65_535) return { host: (match[1] ?? match[2]) as string, port }
  throw new RangeError(`Expected an address such as 127.0.0.1:8042, got ${JSON.stringify(text)}`)
}

/**
 * Listens for JSON-RPC over HTTP and WebSocket on TCP.
 *
 * @throws {RangeError} If the address is not loopback and there is no token, or the token is too short.
 * @throws {TypeError} If two routes are the same.
 * @throws {TransportError} `Conflict` if somebody listens there; `PermissionDenied`; `Unavailable`.
 */
export async function listenTcp(options: ListenTcpOptions): Promise<TcpServer> {
  const { host, token } = options
  checkToken(host, token)
  // The guard needs the port that the system gives; nothing can come in before it is known.
  const late: { guard?: Guard } = {}
  const { server, serve, close } = createHttpServer(options, {
    callerOf: ({ remoteAddress = '', remotePort = 0 }) => ({
      transport: 'tcp',
      address: `${remoteAddress}:${remotePort}`,
    }),
    guard: (...asked) => (late.guard as Guard)(...asked),
  })
  try {
    server.listen({ host, port: options.port, exclusive: true })
    await once(server, 'listening')
  } catch (error) {
    throw explain(error, options)
  }
  const { port } = server.address() as AddressInfo
  late.guard = createGuard({ ...options, port })
  return { host, port, serve, close: () => close() }
}

/**
 * Checks that a token is there where it has to be, and long enough.
 *
 * @throws {RangeError} Saying what was expected.
 */
export function checkToken(host: string, token: string | undefined): void {
  if (token === undefined) {
    if (isLoopback(host)) return
    throw new RangeError(`Expected a token for ${host}, which other machines can reach, got none`)
  }
  if (token.length >= TOKEN_CHARACTERS_MIN && /^[\x21-\x7e]+$/.test(token)) return
  const expected = `${TOKEN_CHARACTERS_MIN} or more printable characters`
  throw new RangeError(`Expected a token of ${expected} without blanks, got ${token.length}`)
}

function explain(error: unknown, { host, port }: TcpAddress): unknown {
  const at = `${host}:${port}`
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new TransportError('Conflict', `Somebody already listens at ${at}`, { cause: error })
    case 'EACCES':
      return new TransportError('PermissionDenied', `Not allowed to listen at ${at}`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new TransportError('Unavailable', `This machine has no address ${host}`, {
        cause: error,
      })
    default:
      return error
  }
}
