// Makes this process the parent of what its children leave behind, so that nothing that they started can
// get away unseen, and buries those that nobody else waits for.
import { closeSync, openSync, readSync } from 'node:fs'
import { libc } from './libc.js'

/** Pids of some hundred children; more take another read. */
const CHUNK_BYTES = 4_096

/** Children that Node waits for itself: their exit codes are not ours to take. */
const own = new Set<number>()

/** Notes a child of `spawn`; returns what to call at its exit. */
export function ownChild(pid: number): () => void {
  own.add(pid)
  return () => void own.delete(pid)
}

/** Adopts orphans from now on, until this process ends. */
export interface Reaper {
  /** Pids of the orphans that live. */
  orphans(): number[]
  /** Stops burying; orphans still come. */
  close(): void
}

/**
 * Becomes the parent of orphaned descendants. One at a time in a process, and only in one whose main
 * thread starts all children through capture.
 *
 * @returns undefined where the kernel or the C library cannot do that.
 */
export function adoptOrphans(): Reaper | undefined {
  const calls = libc()
  if (calls === null) return undefined
  let list: number
  try {
    calls.setSubreaper()
    // The main thread's list: that is who starts children, and whom the kernel gives orphans to. It is kept
    // open: somebody must be buried also while no other file can be opened.
    list = openSync(`/proc/self/task/${process.pid}/children`, 'r')
  } catch {
    return undefined
  }
  const orphans = (): number[] => readPids(list).filter((pid) => !own.has(pid))
  const bury = (): void => {
    for (const pid of orphans()) calls.reap(pid)
  }
  process.on('SIGCHLD', bury)
  return {
    orphans,
    close: () => {
      process.off('SIGCHLD', bury)
      closeSync(list)
    },
  }
}

function readPids(list: number): number[] {
  const chunks: string[] = []
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let at = 0; ;) {
    const bytes = readSync(list, chunk, 0, CHUNK_BYTES, at)
    if (bytes === 0) break
    at += bytes
    chunks.push(chunk.toString('latin1', 0, bytes))
  }
  const words = chunks.join('').split(' ')
  return words.filter((word) => word !== '').map(Number)
}
