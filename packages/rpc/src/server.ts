// A server on a Unix socket. It owns the socket's file and knows, where the kernel can be asked, which
// process is on the other end of a connection.
import type { Socket } from 'node:net'
import { RPC_CODES } from './codes.js'
import { createHttpServer } from './http-server.js'
import type { ServedOptions, ServeOptions } from './http-server.js'
import { listenAt, removeOwn } from './unix-socket.js'

/** A process by the kernel's word. */
export interface Peer {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

export interface ListenRpcOptions extends ServeOptions {
  /** Where to listen: at most 107 bytes. Its folder is made with mode 0700, the socket has 0600. */
  readonly socketPath: string
  /** Asks the kernel who has connected; undefined if it cannot be asked. */
  readonly peerOf?: (socket: Socket) => Peer | undefined
  /**
   * Users that may call, where the kernel can be asked. The socket's mode says the same; this holds when
   * somebody has changed the mode, or has passed a connection on.
   * @default the user of this process, and root
   */
  readonly allowedUids?: readonly number[]
}

export interface RpcServer {
  readonly socketPath: string
  /**
   * Answers with these from now on; open connections stay, and calls that run end as they began.
   *
   * @throws {TypeError} If two routes are the same; nothing is changed then.
   */
  serve(served: ServedOptions): void
  /**
   * Takes no more connections, lets running requests end for a moment, then cuts them off and removes the
   * socket. Safe to call twice.
   */
  close(): Promise<void>
}

/**
 * Listens for JSON-RPC over HTTP and WebSocket on a Unix socket.
 *
 * @throws {RangeError} If the path is too long for a socket.
 * @throws {TypeError} If two routes are the same.
 * @throws {TransportError} `Conflict` if somebody listens there; `PermissionDenied`.
 */
export async function listenRpc(options: ListenRpcOptions): Promise<RpcServer> {
  const { socketPath, peerOf, allowedUids = [0, process.getuid?.() ?? 0] } = options
  const { server, serve, close } = createHttpServer(options, {
    callerOf: (socket) => ({ transport: 'unix', address: 'unix', ...peerOf?.(socket) }),
    guard: (_request, { uid }) =>
      uid === undefined || allowedUids.includes(uid) ? undefined : FOREIGN_USER,
  })
  const own = await listenAt(server, socketPath)
  return { socketPath, serve, close: () => close(() => removeOwn(socketPath, own)) }
}

const FOREIGN_USER = {
  status: 403,
  error: {
    code: RPC_CODES.PermissionDenied,
    message: 'Expected a process of the same user',
    data: { code: 'PermissionDenied' },
  },
} as const
