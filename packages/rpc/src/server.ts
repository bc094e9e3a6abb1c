// A server on a Unix socket. It owns the socket's file and the connections; what is answered is decided
// by the handler of http-handler.ts, which a TCP server can use as well.
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { createHttpHandler } from './http-handler.js'
import type { HttpHandlerOptions } from './http-handler.js'
import { listenAt, removeOwn } from './unix-socket.js'

/** Connections at once; further ones are dropped by Node. Each may hold a request of 8 MB. */
const CONNECTIONS_MAX = 1_024

export interface ListenRpcOptions extends HttpHandlerOptions {
  /** Where to listen: at most 107 bytes. Its folder is made with mode 0700, the socket has 0600. */
  readonly socketPath: string
  /**
   * How long `close()` lets running requests go on, in milliseconds.
   * @default 1000
   */
  readonly closeGraceMs?: number
}

export interface RpcServer {
  readonly socketPath: string
  /**
   * Takes no more connections, lets running requests end for a moment, then cuts them off and removes the
   * socket. Safe to call twice.
   */
  close(): Promise<void>
}

/**
 * Listens for JSON-RPC over HTTP on a Unix socket.
 *
 * @throws {RangeError} If the path is too long for a socket.
 * @throws {TransportError} `Conflict` if somebody listens there; `PermissionDenied`.
 */
export async function listenRpc(options: ListenRpcOptions): Promise<RpcServer> {
  const { socketPath, closeGraceMs = 1_000 } = options
  const closing = new AbortController()
  const responses = new Set<ServerResponse>()
  const server = createServer(
    {
      // A client on this machine needs no longer than this to send what it has to say.
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
    },
    createHttpHandler(options, 'unix', closing.signal),
  )
  server.maxConnections = CONNECTIONS_MAX
  server.on('request', (request, response) => {
    responses.add(response)
    response.once('close', () => {
      responses.delete(response)
      if (closing.signal.aborted) request.socket.destroySoon()
    })
  })
  const own = await listenAt(server, socketPath)
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    removeOwn(socketPath, own)
    const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs)
    closing.abort()
    // Node takes a connection for idle as soon as its answer is written, even if it is not yet sent.
    await Promise.all([...responses].filter((one) => one.writableEnded).map(untilSent))
    await new Promise<void>((resolve) => server.close(() => resolve()))
    clearTimeout(cut)
  }
  return { socketPath, close: () => (closed ??= close()) }
}

function untilSent(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
  })
}
