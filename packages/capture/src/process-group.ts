// Signals to a child's process group, which the child leads because it was started detached.
import { existsSync } from 'node:fs'

/**
 * Sends a signal to the whole group. False if nobody is left in it.
 *
 * A group outlives its leader as long as it has members, and its number is taken until then. So once the
 * leader is reaped, a process with that number means that the group is gone and the number somebody else's.
 *
 * @throws A system error, for example `EPERM` when the group's processes changed their user.
 */
export function signalGroup(leader: number, signal: NodeJS.Signals, isReaped: boolean): boolean {
  if (isReaped && existsSync(`/proc/${leader}`)) return false
  try {
    return process.kill(-leader, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
