// WebSockets beside HTTP on the same server: the guard, then the route, then the handshake. Frames are
// bounded, nothing is compressed (bombs), and a connection whose other end is gone without a word is found
// by pings.
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { INTERNAL_ERROR, toErrorObject } from './codes.js'
import type { RpcErrorObject } from './codes.js'
import { drain } from './drain.js'
import { httpFault, statusOf } from './http-body.js'
import { pathOf, queryOf } from './http-handler.js'
import type { HandlerSeam } from './http-handler.js'
import { createRouter } from './router.js'
import type { Router, SocketAcceptor, SocketRoute } from './router.js'
import { CLOSE_CODES, ServerSocket, SocketConnection } from './socket-connection.js'

/** Bytes of one message; a longer one closes the connection with 1009. */
export const FRAME_BYTES_MAX = 1_048_576
/** Between two pings; a connection that said nothing in between is cut off. */
const PING_MS = 20_000
/** Who uses a WebSocket reads while it sends and sees the close however slowly the rest is read. */
const DRAIN_PAUSE_MS = 10

export interface SocketRoutes {
  readonly sockets: readonly SocketRoute[]
  /** Makes the error for a path that there is not. @default `NotFound` */
  readonly missing?: () => Error
}

export interface SocketServerOptions extends SocketRoutes {
  readonly onInternalError?: (error: unknown, where: string) => void
  /** @default 20_000 */
  readonly pingMs?: number
}

export interface SocketServer {
  /**
   * Takes connections by these routes from now on; those that are open stay.
   *
   * @throws {TypeError} If two routes are the same.
   */
  serve(routes: SocketRoutes): void
  /** Asks all connections to close. */
  close(): void
  /** Cuts off those that are left. */
  destroy(): void
}

/**
 * Takes the upgrades of `server`.
 *
 * @throws {TypeError} If two routes are the same.
 */
export function serveSockets(
  server: Server,
  options: SocketServerOptions,
  seam: HandlerSeam,
): SocketServer {
  const { onInternalError, pingMs = PING_MS } = options
  let { missing } = options
  let route = routerOf(options)
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    WebSocket: ServerSocket,
  })
  // Not before it listens: a server that never does never closes either.
  server.once('listening', () => {
    const pings = setInterval(() => pingAll(webSockets.clients), pingMs).unref()
    server.once('close', () => clearInterval(pings))
  })
  // Node forgets a connection when it asks for an upgrade, whatever comes of that.
  const streams = new Set<Duplex>()

  server.on('upgrade', (request, stream, head) => {
    streams.add(stream)
    stream.once('close', () => streams.delete(stream))
    stream.on('error', () => stream.destroy())
    accept(request, stream, head).catch((error: unknown) => {
      const known = toErrorObject(error)
      if (known === undefined) onInternalError?.(error, `WebSocket ${pathOf(request)}`)
      refuse(stream, known ?? INTERNAL_ERROR)
    })
  })

  async function accept(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const caller = seam.callerOf(request)
    const refusal = seam.guard(request, caller, true)
    if (refusal !== undefined) return refuse(stream, refusal.error, refusal.status)
    if (seam.closing.aborted) return void stream.destroy()
    const path = pathOf(request)
    const found = route('GET', path)
    if (found.route === undefined) {
      if (missing !== undefined) throw missing()
      return refuse(stream, httpFault(`There is no WebSocket at ${path}`, 'NotFound'), 404)
    }
    const gone = new AbortController()
    stream.once('close', () => gone.abort())
    const context = { query: queryOf(request), caller, signal: gone.signal }
    const acceptor = await found.route.handler(found.params, context)
    if (stream.destroyed) return
    webSockets.handleUpgrade(request, stream, head, (socket) => run(socket, stream, path, acceptor))
  }

  function run(socket: ServerSocket, stream: Duplex, path: string, acceptor: SocketAcceptor): void {
    alive.add(socket)
    for (const sign of ['pong', 'message'] as const) socket.on(sign, () => alive.add(socket))
    const connection = new SocketConnection(socket, stream)
    // A fault of the other end (a frame too large, bytes that are not UTF-8): ws has closed already, and
    // waits for the other end, which may send on.
    socket.on('error', () => {
      drain(stream, { pauseMs: DRAIN_PAUSE_MS, cut: () => socket.terminate() })
    })
    try {
      acceptor(connection)
    } catch (error) {
      onInternalError?.(error, `WebSocket ${path}`)
      connection.close(CLOSE_CODES.internal)
    }
    if (seam.closing.aborted) connection.close(CLOSE_CODES.goingAway)
  }

  return {
    serve: (routes) => {
      route = routerOf(routes)
      missing = routes.missing
    },
    close: () => webSockets.clients.forEach((one) => one.close(CLOSE_CODES.goingAway)),
    destroy: () => streams.forEach((one) => one.destroy()),
  }
}

function routerOf({ sockets }: SocketRoutes): Router<SocketRoute & { readonly method: string }> {
  return createRouter(sockets.map((one) => ({ ...one, method: 'GET' })))
}

/** Sockets that were heard of since the last round. */
const alive = new WeakSet<WebSocket>()

function pingAll(sockets: ReadonlySet<WebSocket>): void {
  for (const socket of sockets) {
    if (alive.delete(socket) || cannotBeHeard(socket)) socket.ping()
    else socket.terminate()
  }
}

/** True for one that is not read at this end, though what was sent to it goes out. */
function cannotBeHeard({ isPaused, bufferedAmount }: WebSocket): boolean {
  return isPaused && bufferedAmount === 0
}

/** Answers an upgrade with an error, as plain HTTP, and hangs up, whether or not the other end does. */
function refuse(stream: Duplex, error: RpcErrorObject, status: number = statusOf(error)): void {
  const body = JSON.stringify({ error })
  stream.once('finish', () => stream.destroy())
  stream.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
