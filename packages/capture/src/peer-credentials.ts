// Who is on the other end of a Unix socket.
import type { Socket } from 'node:net'
import { libc } from './libc.js'

export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/**
 * The process that connected a Unix socket, by the kernel's word; right even when it is gone by now.
 * Undefined where the C library cannot be called, or when the socket is closed.
 *
 * @throws A system error, for example `ENOTSOCK`.
 */
export function peerCredentials(socket: Socket): PeerCredentials | undefined {
  // Node has no public way from a socket to its descriptor.
  const { _handle: handle } = socket as { _handle?: { readonly fd?: number } | null }
  const fd = handle?.fd
  if (fd === undefined || fd < 0) return undefined
  return libc()?.peerCredentials(fd)
}
