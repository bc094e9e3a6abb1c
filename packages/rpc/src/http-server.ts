// What the servers on a Unix socket and on TCP share: Node's HTTP server with bounds, the routes and
// WebSockets on it, and an orderly end.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Guard } from './guard.js'
import { createHttpHandler } from './http-handler.js'
import type { HttpHandlerOptions } from './http-handler.js'
import type { Caller } from './method.js'
import type { SocketRoute } from './router.js'
import { rpcSocketRoute } from './rpc-socket.js'
import { serveSockets } from './socket-server.js'
import type { SocketRoutes } from './socket-server.js'

/** Connections at once; further ones are dropped by Node. Viewers are most of them. */
const CONNECTIONS_MAX = 8_192

/** What a server answers with. */
export interface ServedOptions extends HttpHandlerOptions {
  /** WebSockets besides `/ws`. */
  readonly sockets?: readonly SocketRoute[]
}

export interface ServeOptions extends ServedOptions {
  /**
   * How long `close()` lets running requests go on, in milliseconds.
   * @default 1000
   */
  readonly closeGraceMs?: number
  /**
   * Between two pings of a WebSocket, in milliseconds; one that is silent in between is cut off.
   * @default 20_000
   */
  readonly pingMs?: number
  /**
   * How long a client may take to send a request's headers, in milliseconds; its body may take six times
   * as long.
   * @default 10_000
   */
  readonly headersTimeoutMs?: number
}

/** A server that does not listen yet. */
export interface HttpServer {
  readonly server: Server
  /** Answers with these from now on; open connections stay, and calls that run end as they began. */
  readonly serve: (served: ServedOptions) => void
  /** Lets running requests end for a moment, then cuts them off; calls `first` before. */
  readonly close: (first?: () => void) => Promise<void>
}

interface ServerSeam {
  readonly callerOf: (socket: Socket) => Caller
  readonly guard: Guard
}

export function createHttpServer(options: ServeOptions, seam: ServerSeam): HttpServer {
  const { closeGraceMs = 1_000, pingMs, headersTimeoutMs = 10_000 } = options
  const closing = new AbortController()
  const responses = new Set<ServerResponse>()
  const callers = new WeakMap<Socket, Caller>()
  const handlerSeam = {
    // Asked once a connection: the kernel forgets a process that has hung up.
    callerOf: ({ socket }: IncomingMessage) => callers.get(socket) ?? seam.callerOf(socket),
    guard: seam.guard,
    closing: closing.signal,
  }
  let { dispatcher } = options
  let handle = createHttpHandler(options, handlerSeam)
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: headersTimeoutMs * 6,
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
      maxHeaderSize: 16_384,
    },
    (request, response) => handle(request, response),
  )
  server.maxConnections = CONNECTIONS_MAX
  server.on('connection', (socket: Socket) => callers.set(socket, seam.callerOf(socket)))
  server.on('request', (request, response) => {
    responses.add(response)
    response.once('close', () => {
      responses.delete(response)
      if (closing.signal.aborted) request.socket.destroySoon()
    })
  })
  const socketsOf = ({ sockets = [], missing }: ServedOptions): SocketRoutes => ({
    sockets: [rpcSocketRoute(() => dispatcher), ...sockets],
    ...(missing === undefined ? {} : { missing }),
  })
  const webSockets = serveSockets(
    server,
    { ...options, ...socketsOf(options), ...(pingMs === undefined ? {} : { pingMs }) },
    handlerSeam,
  )
  const serve = (served: ServedOptions): void => {
    const next = createHttpHandler(served, handlerSeam)
    webSockets.serve(socketsOf(served))
    handle = next
    dispatcher = served.dispatcher
  }
  let closed: Promise<void> | undefined
  const close = async (first?: () => void): Promise<void> => {
    first?.()
    const cut = setTimeout(() => {
      webSockets.destroy()
      server.closeAllConnections()
    }, closeGraceMs)
    closing.abort()
    webSockets.close()
    // Node takes a connection for idle as soon as its answer is written, even if it is not yet sent.
    await Promise.all([...responses].filter((one) => one.writableEnded).map(untilSent))
    await new Promise<void>((resolve) => server.close(() => resolve()))
    clearTimeout(cut)
  }
  return { server, serve, close: (first) => (closed ??= close(first)) }
}

function untilSent(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
  })
}
