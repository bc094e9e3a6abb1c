// The client half of a WebSocket route over a Unix socket.
import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { RPC_CODES, RpcError } from './codes.js'
import type { RpcErrorObject } from './codes.js'
import type { SocketMessage } from './socket-connection.js'
import { checkSocketPath } from './socket-path.js'
import { TransportError } from './transport-error.js'

/** Bytes of one message that is taken. */
const MESSAGE_BYTES_MAX = 1_048_576
const CONNECT_MS_MAX = 30_000
const REFUSAL_BYTES_MAX = 65_536

/** An open connection. */
export interface ClientSocket {
  /** Sends text as a text message and bytes as a binary one. */
  send(message: string | Buffer): void
  onMessage(listener: (message: SocketMessage) => void): void
  /** Resolves when the connection is closed, whoever closed it. */
  readonly closed: Promise<void>
  /** Safe to call twice. */
  close(): void
}

/**
 * Connects to a WebSocket route.
 *
 * @throws {RpcError} If the route refuses; compare `error.data.code`.
 * @throws {TransportError} `Unavailable` if nobody listens.
 * @throws {RangeError} If the path is too long for a socket.
 */
export async function connectSocket(socketPath: string, path: string): Promise<ClientSocket> {
  const socket = new WebSocket(`ws+unix:${checkSocketPath(socketPath)}:${path}`, {
    handshakeTimeout: CONNECT_MS_MAX,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  })
  // Messages may come together with the answer to the handshake: none is lost while nobody listens.
  const early: SocketMessage[] = []
  let listener = (message: SocketMessage): void => void early.push(message)
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer
    listener({ bytes, text: isBinary ? undefined : bytes.toString() })
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  await opened(socket)
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message)
    },
    onMessage: (next) => {
      listener = next
      for (const message of early.splice(0)) next(message)
    },
    closed,
    close: () => socket.close(),
  }
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.on('error', (cause) => {
      reject(new TransportError('Unavailable', `Cannot connect: ${cause.message}`, { cause }))
    })
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      void refusal(response).then((error) => {
        reject(error)
        socket.terminate()
      })
    })
  })
}

async function refusal(response: IncomingMessage): Promise<RpcError> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > REFUSAL_BYTES_MAX) break
    chunks.push(chunk)
  }
  const { code, message, data } = errorIn(Buffer.concat(chunks).toString(), response.statusCode)
  return new RpcError(code, message, data ?? {})
}

function errorIn(text: string, status: number | undefined): RpcErrorObject {
  try {
    const { error } = JSON.parse(text) as { error?: RpcErrorObject }
    if (typeof error?.message === 'string') return error
  } catch {
    // An answer of something else than a hero_proc: told below.
  }
  return { code: RPC_CODES.Internal, message: `Expected a WebSocket, got status ${status}` }
}
