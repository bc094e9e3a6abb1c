// What running processes have used, from /proc: CPU time by thread as the scheduler counts it, in
// nanoseconds, and the greatest memory so far.
import { readdirSync, readFileSync } from 'node:fs'

/** CPU nanoseconds of a process by thread; empty when it is gone. */
export function threadNs(pid) {
  const threads = new Map()
  for (const thread of list(`/proc/${pid}/task`)) {
    const text = read(`/proc/${pid}/task/${thread}/schedstat`)
    if (text !== undefined) threads.set(Number(thread), Number(text.split(' ')[0]))
  }
  return threads
}

/** CPU nanoseconds of several processes in all. */
export function cpuNs(pids) {
  let sum = 0
  for (const pid of pids) for (const ns of threadNs(pid).values()) sum += ns
  return sum
}

/** The greatest resident memory that each process has had, summed, in KiB. */
export function rssMaxKib(pids) {
  let sum = 0
  for (const pid of pids)
    sum += Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
  return sum
}

function list(path) {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
