// What stands between hero_proc and a service's program when it starts: small programs of the system that
// set something for their own process and then become the next one. The pid stays the same.
//
//   setpriv (signal at hero_proc's death) ─► prlimit (limits) ─► sh (umask) ─► the program
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ProcError } from './errors.js'
import type { ServiceDefinition } from './service-definition.js'

/** Where the system's own programs are, whatever the environment says. */
const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin'

type Launch = Pick<ServiceDefinition, 'when_orphaned' | 'stop_signal' | 'umask' | 'limits'>

/**
 * Returns the words that go before the command of a service.
 *
 * @throws {ProcError} `Unavailable` if this system lacks the program that a setting needs.
 */
export function launcherOf(definition: Launch): string[] {
  const { when_orphaned, stop_signal, umask, limits = {} } = definition
  const words: string[] = []
  const setpriv = findProgram('setpriv')
  // Without it an orphan goes on until the next start of hero_proc, which ends it.
  if (when_orphaned === 'stop' && setpriv !== undefined) {
    words.push(setpriv, '--pdeathsig', stop_signal.replace(/^SIG/, ''), '--')
  }
  const resources = Object.entries(limits)
  if (resources.length > 0) {
    words.push(needed('prlimit', 'limits'))
    words.push(...resources.map(([name, value]) => `--${name}=${value}`), '--')
  }
  if (umask !== undefined) {
    words.push(needed('sh', 'umask'), '-c', `umask ${umask} && exec "$@"`, 'sh')
  }
  return words
}

function needed(program: string, setting: string): string {
  const path = findProgram(program)
  if (path !== undefined) return path
  throw new ProcError('Unavailable', `Expected ${program} on this system, which ${setting} needs`)
}

const found = new Map<string, string | undefined>()

function findProgram(name: string): string | undefined {
  if (!found.has(name)) found.set(name, search(name))
  return found.get(name)
}

function search(name: string): string | undefined {
  return SYSTEM_PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => isExecutable(path))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
