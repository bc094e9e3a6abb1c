// The machine that the figures are of, and how busy it is with other things: figures of a machine that
// somebody else uses are worth little, and the load average comes late and counts our own.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os'
import { sqliteVersion, storePragmas } from './shared/sqlite.mjs'

/** The kernel's clock ticks a second, the same on every Linux that Node runs on. */
const TICKS = 100

/** What a result page is written from: changing it does not make the measured sources others. */
const WRITTEN = ['bench/results', 'docs']

/** Everything that somebody needs to judge figures or to get them again. */
export function aboutMachine() {
  return {
    commit: commit(),
    node: process.version,
    sqlite: sqliteVersion(),
    pragmas: storePragmas(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
    disk: disk(),
    kernel: release(),
    system: systemName(),
  }
}

/** The commit, with a plus when the sources differ from it; null outside a git checkout. */
function commit() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    const paths = ['.', ...WRITTEN.map((path) => `:(exclude)${path}`)]
    const isChanged = git('status', '--porcelain', '--', ...paths) !== ''
    return git('rev-parse', '--short=12', 'HEAD') + (isChanged ? '+' : '')
  } catch {
    return null
  }
}

/** File system, options and device of the folder for temporary files, where everything is measured. */
function disk() {
  try {
    const args = ['-n', '-o', 'FSTYPE,SOURCE,OPTIONS', '-T', tmpdir()]
    return execFileSync('findmnt', args, { encoding: 'utf8' }).trim().replaceAll(/\s+/g, ' ')
  } catch {
    return 'unknown'
  }
}

function systemName() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? ''
  } catch {
    return 'unknown'
  }
}

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
