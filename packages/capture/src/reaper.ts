// Makes this process the parent of what its children leave behind, so that nothing that they started can
// get away unseen, and buries those that nobody else waits for.
import { readFileSync } from 'node:fs'
import { libc } from './libc.js'

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
  try {
    calls.setSubreaper()
    orphans()
  } catch {
    return undefined
  }
  const bury = (): void => {
    for (const pid of orphans()) calls.reap(pid)
  }
  process.on('SIGCHLD', bury)
  return { orphans, close: () => void process.off('SIGCHLD', bury) }
}

function orphans(): number[] {
  // The main thread's list: that is who starts children, and whom the kernel gives orphans to. Read as
  // UTF-8 there is no buffer of 8 KiB to throw away for each child that ends.
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
  const pids = text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)
  return pids.filter((pid) => !own.has(pid))
}
