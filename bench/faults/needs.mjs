// What a test needs of the machine beyond Node, and how to find out. A test whose need is not met is
// skipped with that reason: it has neither passed nor failed.
import { spawnSync } from 'node:child_process'

const NEEDS = {
  root: () => (process.getuid() === 0 ? undefined : 'root, to mount file systems and change users'),
  strace: () => missingCommand('strace', '-V'),
  faketime: () => missingCommand('faketime', '--version'),
  logrotate: () => missingCommand('logrotate', '--version'),
  setpriv: () => missingCommand('setpriv', '--version'),
  perl: () => missingCommand('perl', '--version'),
  prlimit: () => missingCommand('prlimit', '--version'),
}

/** Why a test with these needs cannot run here; undefined if it can. */
export function unmetNeed(names = []) {
  for (const name of names) {
    const missing = NEEDS[name]()
    if (missing !== undefined) return `needs ${missing}`
  }
  return undefined
}

function missingCommand(command, flag) {
  return spawnSync(command, [flag]).error === undefined ? undefined : command
}
