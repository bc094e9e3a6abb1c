// How busy the machine is with other things: figures of a machine that somebody else uses are worth
// little, and the load average comes late and counts our own.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** The kernel's clock ticks a second, the same on every Linux that Node runs on. */
const TICKS = 100

/**
 * Starts to watch. The returned function says which share of all cores (0 to 1) others have used since;
 * the kernel's own threads, and children that nobody waited for, count as others.
 */
export function watchOthers() {
  const startMs = performance.now()
  const othersBefore = busyTicks() - ownTicks()
  return () => {
    const ticks = busyTicks() - ownTicks() - othersBefore
    const seconds = (performance.now() - startMs) / 1000
    return Math.max(0, ticks / (TICKS * seconds * availableParallelism()))
  }
}

/** Ticks in which a core worked: user, nice, system, irq and softirq of the first line. */
function busyTicks() {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user, nice, system, , , irq, softirq] = line.split(/ +/).slice(1).map(Number)
  return user + nice + system + irq + softirq
}

/** Ticks of this process and of its children that have ended: see proc(5), utime to cstime. */
function ownTicks() {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields
    .slice(11, 15)
    .map(Number)
    .reduce((a, b) => a + b)
}
