// Places in files. A file is known by device and inode, and a place in it by the bytes in front of it: one
// that was truncated and has grown again does not have them, nor has another one with the same inode.
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { rotatedInOrder } from './rotated-files.js'
import type { Identity } from './rotated-files.js'

/** A place between two lines of a file. */
export interface FilePosition {
  readonly dev: number
  readonly ino: number
  readonly offset: number
  /** The bytes in front of it, at most 64, in base64. */
  readonly mark: string
}

/** An offset and the bytes in front of it. */
export interface Place {
  readonly offset: number
  readonly mark: Buffer
}

/** An open file. */
export interface Source extends Identity {
  readonly handle: FileHandle
}

const MARK_BYTES = 64

export const BEGINNING: Place = { offset: 0, mark: Buffer.alloc(0) }

/** The place of a position. */
export function placeOf({ offset, mark }: FilePosition): Place {
  return { offset, mark: Buffer.from(mark, 'base64') }
}

/** The place behind bytes that follow one. */
export function behind({ offset, mark }: Place, bytes: Uint8Array): Place {
  const all = Buffer.concat([mark, bytes.subarray(-MARK_BYTES)])
  return { offset: offset + bytes.length, mark: all.subarray(-MARK_BYTES) }
}

/** True if two are one file. */
export function isSameFile(one: Identity, other: Identity): boolean {
  return one.ino === other.ino && one.dev === other.dev
}

/** Opens a file; undefined if that cannot be, or if it is none. */
export async function openSource(path: string): Promise<Source | undefined> {
  const handle = await open(path, 'r').catch(() => undefined)
  if (handle === undefined) return undefined
  const found = await handle.stat()
  if (found.isFile()) return { handle, dev: found.dev, ino: found.ino }
  await handle.close()
  return undefined
}

/** Opens a file if it has the bytes in front of the place. */
export async function openAt(path: string, place: Place): Promise<Source | undefined> {
  const source = await openSource(path)
  if (source === undefined || (await hasMark(source.handle, place))) return source
  await source.handle.close()
  return undefined
}

/** Opens the newest rotated file that has been a copy of this one up to the place. */
export async function openCopy(path: string, place: Place): Promise<Source | undefined> {
  if (place.mark.length === 0) return undefined
  for (const one of (await rotatedInOrder(path)).toReversed()) {
    const source = await openAt(one.path, place)
    if (source !== undefined) return source
  }
  return undefined
}

/** True if the file still has these bytes in front of the offset. */
export async function hasMark(handle: FileHandle, { offset, mark }: Place): Promise<boolean> {
  if (offset === 0) return true
  const bytes = Buffer.alloc(mark.length)
  const { bytesRead } = await handle.read(bytes, 0, mark.length, offset - mark.length)
  return bytesRead === mark.length && bytes.equals(mark)
}

/**
 * True if a file is one of those that were read up to some positions. A position at the beginning says
 * nothing: another file may have got the inode since.
 */
export async function isOneOf(path: string, positions: readonly FilePosition[]): Promise<boolean> {
  const source = await openSource(path)
  if (source === undefined) return false
  try {
    for (const position of positions) {
      if (position.offset === 0 || !isSameFile(position, source)) continue
      if (await hasMark(source.handle, placeOf(position))) return true
    }
    return false
  } finally {
    await source.handle.close()
  }
}
