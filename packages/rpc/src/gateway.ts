// A gateway: a server of its own that answers some requests itself - a page and its files - and hands the
// others on to the socket of the service, bytes as they come. It listens on a Unix socket, on TCP behind
// the same guard as the service's own port, or on both, and knows whether anybody is there.
//
//   browser -- TCP, guard, key --+
//                                +-- answer() -- or -- passes() --> socket of the service
//   program -- admin.sock -------+
import { once } from 'node:events'
import { Agent, createServer, request as askService } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createGuard } from './guard.js'
import type { Guard, Refusal } from './guard.js'
import { httpFault, sendError } from './http-body.js'
import { pathOf } from './http-handler.js'
import { checkSocketPath } from './socket-path.js'
import type { TcpAddress } from './tcp-server.js'
import { listenAt, removeOwn } from './unix-socket.js'

export interface GatewayOptions {
  /** The socket of the service that everything else goes on to. */
  readonly targetPath: string
  /** Answers a request itself and returns true, or returns false. */
  readonly answer: (request: IncomingMessage, response: ServerResponse, via: Via) => boolean
  /** True for paths that go on to the service. */
  readonly passes: (path: string) => boolean
  /** Asked over TCP after Host and Origin: why a request is refused, or undefined. */
  readonly refuses?: (request: IncomingMessage) => Refusal | undefined
  /** Told when the first request or WebSocket of all has come, and when the last one has gone. */
  readonly onBusy?: (isBusy: boolean) => void
}

/** How a request came. */
export type Via = 'unix' | 'tcp'

export interface Gateway {
  /**
   * Listens on a Unix socket, mode 0600.
   *
   * @throws {TransportError} `Conflict` if somebody listens there.
   */
  listenUnix(path: string): Promise<void>
  /** Listens on TCP and returns where. */
  listenTcp(address: TcpAddress): Promise<TcpAddress>
  /** Takes no more connections and cuts off those that are open. Safe to call twice. */
  close(): Promise<void>
}

/** A request of a client that never ends its headers is given up after this. */
const HEADERS_MS_MAX = 10_000
const CONNECTIONS_MAX = 256
const FREE_SOCKETS_MAX = 8

/** Makes a gateway that listens nowhere yet. */
export function createGateway(options: GatewayOptions): Gateway {
  checkSocketPath(options.targetPath)
  const closers: (() => Promise<void>)[] = []
  // Connections are kept: a service that closes one with its answer may be faster than the end of the
  // request, which then fails although it was answered.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: FREE_SOCKETS_MAX })
  const count = counter(options.onBusy)
  const open = (
    via: Via,
    guard: (request: IncomingMessage, isUpgrade: boolean) => Refusal | undefined,
  ): Server => {
    const server = createServer({ headersTimeout: HEADERS_MS_MAX, maxHeaderSize: 16_384 })
    server.maxConnections = CONNECTIONS_MAX
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.on('request', (request, response) => {
      count(response)
      const refusal = guard(request, false)
      if (refusal !== undefined) return sendError(response, refusal.error, refusal.status)
      if (options.answer(request, response, via)) return
      if (options.passes(pathOf(request)))
        return passOn({ socketPath: options.targetPath, agent }, request, response)
      sendError(response, httpFault(`There is nothing at ${pathOf(request)}`, 'NotFound'), 404)
    })
    server.on('upgrade', (request, stream, head) => {
      count(stream)
      // Nothing follows what is said last, and the other end need not hang up.
      stream.once('finish', () => stream.destroy())
      const isWelcome = guard(request, true) === undefined && options.passes(pathOf(request))
      if (isWelcome) joinSockets(options.targetPath, request, stream, head)
      else stream.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    })
    closers.push(async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    })
    return server
  }
  let closed: Promise<void> | undefined
  return {
    listenUnix: async (path) => {
      const own = await listenAt(
        open('unix', () => undefined),
        path,
      )
      closers.unshift(async () => removeOwn(path, own))
    },
    listenTcp: async ({ host, port }) => {
      // The guard needs the port that the system gives; nothing can come in before it is known.
      const late: { guard?: Guard } = {}
      const caller = { transport: 'tcp', address: '' } as const
      const server = open(
        'tcp',
        (request, isUpgrade) =>
          late.guard?.(request, caller, isUpgrade) ?? options.refuses?.(request),
      )
      server.listen({ host, port, exclusive: true })
      await once(server, 'listening')
      const bound = (server.address() as AddressInfo).port
      late.guard = createGuard({ host, port: bound })
      return { host, port: bound }
    },
    close: () => (closed ??= Promise.all(closers.map((one) => one())).then(() => agent.destroy())),
  }
}

/** Counts what is open: a response or a WebSocket's stream, until it closes. */
function counter(onBusy: GatewayOptions['onBusy']): (one: ServerResponse | Duplex) => void {
  let openCount = 0
  return (one) => {
    openCount += 1
    if (openCount === 1) onBusy?.(true)
    one.once('close', () => {
      openCount -= 1
      if (openCount === 0) onBusy?.(false)
    })
  }
}

/** Headers that concern one connection only, or that the guard has dealt with. */
const NOT_PASSED = ['connection', 'keep-alive', 'host', 'origin', 'cookie', 'referer']

function headersFor(request: IncomingMessage): OutgoingHttpHeaders {
  const passed = Object.entries(request.headers).filter(
    ([name]) => !NOT_PASSED.includes(name) && !name.startsWith('sec-fetch-'),
  )
  return { ...Object.fromEntries(passed), host: 'localhost' }
}

function passOn(
  way: { readonly socketPath: string; readonly agent: Agent },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url: path } = request
  const asked = askService({ ...way, method, path, headers: headersFor(request) })
  asked.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
    answer.once('error', () => response.destroy())
  })
  asked.once('error', () => {
    if (response.headersSent) return void response.destroy()
    sendError(response, httpFault('No hero_proc is running', 'Unavailable'), 503)
  })
  response.once('close', () => {
    if (!response.writableFinished) asked.destroy()
  })
  request.pipe(asked)
}

/** Passes the handshake on; from then on both ends speak to each other, with back-pressure. */
function joinSockets(
  socketPath: string,
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
): void {
  const headers = { ...headersFor(request), connection: 'Upgrade' }
  const asked = askService({ socketPath, path: request.url, headers, agent: false })
  const giveUp = (): void => {
    stream.destroy()
    asked.destroy()
  }
  stream.once('error', giveUp)
  stream.once('close', giveUp)
  asked.once('upgrade', (answer, far, farHead) => {
    far.once('error', giveUp)
    far.once('close', giveUp)
    stream.write(statusAndHeaders(101, 'Switching Protocols', answer))
    if (farHead.length > 0) stream.write(farHead)
    if (head.length > 0) far.write(head)
    stream.pipe(far).pipe(stream)
  })
  // The service refused, as plain HTTP.
  asked.once('response', (answer) => {
    stream.write(statusAndHeaders(answer.statusCode ?? 502, answer.statusMessage ?? '', answer))
    answer.pipe(stream)
  })
  asked.once('error', () => {
    stream.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  asked.end()
}

function statusAndHeaders(
  status: number,
  message: string,
  { rawHeaders }: IncomingMessage,
): string {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
  )
  return [`HTTP/1.1 ${status} ${message}`, ...lines, '', ''].join('\r\n')
}
