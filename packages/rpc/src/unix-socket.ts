// The file of a Unix socket: made private, put in place without overwriting anybody's, and taken away
// only if it is still ours.
//
// A server first listens under a temporary name and then links the socket to its public name: `link`
// fails if the name is taken, whereas a listening server would have to remove what is there blindly. It
// also keeps Node, which removes the name it listened under on close, from removing another's socket.
import { existsSync, linkSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { connect } from 'node:net'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { checkSocketPath } from './socket-path.js'
import { systemCode, TransportError } from './transport-error.js'

/** A connect to a live server answers at once, except when its queue is full. */
const PROBE_MS = 1_000

/** The identity of a socket's file. The time is needed: a freed inode number is used again at once. */
export interface SocketFile {
  readonly dev: bigint
  readonly ino: bigint
  readonly birthtimeNs: bigint
}

let listenCount = 0

/**
 * Makes `server` listen at `path`: folder 0700 if it has to be made, socket 0600. A socket that nobody
 * listens on is replaced.
 *
 * @throws {RangeError} If the path is too long.
 * @throws {TransportError} `Conflict` if somebody listens there or it is no socket; `PermissionDenied`.
 */
export async function listenAt(server: Server, path: string): Promise<SocketFile> {
  const temporary = join(dirname(path), temporaryName())
  checkSocketPath(path)
  checkSocketPath(temporary)
  try {
    makeFolder(dirname(path))
    await removeStale(path)
    await removeStale(temporary)
    await listenPrivately(server, temporary)
    try {
      linkSync(temporary, path)
    } finally {
      unlinkSync(temporary)
    }
    return lstatSync(path, { bigint: true })
  } catch (error) {
    if (server.listening) server.close()
    throw explain(error, path)
  }
}

/** Removes the socket at `path` if it is the one that {@link listenAt} made. */
export function removeOwn(path: string, own: SocketFile): void {
  const found = statOf(path)
  if (found === undefined || found.dev !== own.dev || found.ino !== own.ino) return
  if (found.birthtimeNs === own.birthtimeNs) unlinkSync(path)
}

/** One by one: Node's recursive form never returns where the kernel answers ENOENT, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Somebody else has made it in between.
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** At most 7 bytes, one less than `rpc.sock`: what fits with the public name fits with this one. */
function temporaryName(): string {
  listenCount += 1
  return `.${process.pid.toString(36)}${(listenCount % 36).toString(36)}`
}

async function removeStale(path: string): Promise<void> {
  const before = statOf(path)
  if (before === undefined) return
  if (!before.isSocket()) {
    throw new TransportError('Conflict', `Expected a socket or nothing at ${path}, got a file`, {
      hint: 'Move the file away or choose another socket folder',
    })
  }
  if (await isLive(path)) throw inUse(path)
  // Somebody may have come in between: theirs is another file.
  removeOwn(path, before)
}

/** True unless the kernel says that nobody listens: when in doubt a socket is somebody's. */
function isLive(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect({ path })
    const finish = (settle: () => void): void => {
      probe.destroy()
      settle()
    }
    probe.setTimeout(PROBE_MS, () => finish(() => resolve(true)))
    probe.once('connect', () => finish(() => resolve(true)))
    probe.once('error', (error) => {
      const code = systemCode(error)
      if (code === 'ECONNREFUSED' || code === 'ENOENT') finish(() => resolve(false))
      else if (code === 'EAGAIN') finish(() => resolve(true))
      else finish(() => reject(error))
    })
  })
}

/** The mode is right from the first moment: `bind` happens inside the call, under our umask. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Worker threads cannot set the umask.
    const before = isMainThread ? process.umask(0o177) : undefined
    try {
      server.listen({ path, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      if (before !== undefined) process.umask(before)
    }
  })
}

function statOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })
}

function explain(error: unknown, path: string): unknown {
  const code = systemCode(error)
  if (code === 'EEXIST' || code === 'EADDRINUSE') return inUse(path)
  if (code === 'EACCES' || code === 'EPERM') {
    return new TransportError('PermissionDenied', `Not allowed to listen at ${path}`, {
      hint: 'Check the owner and the mode of the socket and its folder',
      cause: error,
    })
  }
  return error
}

function inUse(path: string): TransportError {
  return new TransportError('Conflict', `Somebody already listens at ${path}`, {
    hint: 'Stop the other server or choose another socket folder',
  })
}
