// Processes that a service has left behind: found by the marks in their environment or by the session that
// their run began, and ended. Nothing else is ever touched.
import { setTimeout as sleep } from 'node:timers/promises'
import { listProcesses, MARKS, readEnvironment, readProcess } from './process-table.js'
import type { ProcessRow } from './process-table.js'

const POLL_MS = 10
/** After SIGKILL a process is gone as soon as the kernel lets it go; longer is not waited for. */
const KILLED_MS_MAX = 5_000

/** A run that was going on when hero_proc was killed. */
export interface CutOffRun {
  readonly service: string
  readonly run: number
  readonly pid: number
  readonly startTicks: number
}

/** A process that is left of a service. */
export interface Orphan extends ProcessRow {
  readonly service: string
}

/** Finds everything that earlier hero_procs of this data dir have left behind. */
export function findOrphans(owner: string, runs: readonly CutOffRun[]): Orphan[] {
  const rows = listProcesses()
  const spared = ancestors(rows)
  const others = rows.filter(({ pid }) => !spared.has(pid))
  const sessions = new Map<number, string>()
  for (const { service, pid, startTicks } of runs) {
    if (readProcess(pid)?.startTicks === startTicks) sessions.set(pid, service)
  }
  const marked = new Map<number, string>()
  for (const { pid, session } of others) {
    const words = readEnvironment(pid)
    if (!words.includes(`${MARKS.owner}=${owner}`)) continue
    const service = serviceIn(words)
    marked.set(pid, service)
    // A session whose leader is gone is known by any of its members.
    if (runs.some((run) => run.pid === session && run.service === service)) {
      sessions.set(session, service)
    }
  }
  return others.flatMap((row) => {
    const service = marked.get(row.pid) ?? sessions.get(row.session)
    return service === undefined ? [] : [{ ...row, service }]
  })
}

/** Of orphans that came to us, those of one service, and all that they have started since. */
export function orphansOf(
  service: string,
  owner: string,
  adopted: readonly number[],
): ProcessRow[] {
  const isOurs = (pid: number): boolean => {
    const words = readEnvironment(pid)
    return words.includes(`${MARKS.owner}=${owner}`) && serviceIn(words) === service
  }
  const found = new Set(adopted.filter(isOurs))
  if (found.size === 0) return []
  const rows = listProcesses()
  for (let before = 0; before !== found.size;) {
    before = found.size
    for (const { pid, parent } of rows) if (found.has(parent)) found.add(pid)
  }
  return rows.filter(({ pid }) => found.has(pid))
}

/**
 * Ends processes: the signal, and SIGKILL when the deadline (milliseconds) is over.
 *
 * @returns Those that are still there.
 */
export async function endProcesses(
  rows: readonly ProcessRow[],
  signal: NodeJS.Signals,
  deadlineMs: number,
): Promise<readonly ProcessRow[]> {
  const left = await endWith(rows, signal, deadlineMs)
  return left.length === 0 ? left : await endWith(left, 'SIGKILL', KILLED_MS_MAX)
}

async function endWith(
  rows: readonly ProcessRow[],
  signal: NodeJS.Signals,
  deadlineMs: number,
): Promise<readonly ProcessRow[]> {
  const end = performance.now() + deadlineMs
  for (const row of rows) if (isSame(row)) kill(row.pid, signal)
  let left = rows.filter(isSame)
  while (left.length > 0 && performance.now() < end) {
    await sleep(POLL_MS)
    left = left.filter(isSame)
  }
  return left
}

function isSame({ pid, startTicks }: ProcessRow): boolean {
  return readProcess(pid)?.startTicks === startTicks
}

/** One that has gone, or belongs to somebody else by now, is nothing to do about. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** This process and those that it comes from: hero_proc may have been started from an orphaned shell. */
function ancestors(rows: readonly ProcessRow[]): Set<number> {
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]))
  const found = new Set<number>()
  for (let pid: number | undefined = process.pid; pid !== undefined && !found.has(pid);) {
    found.add(pid)
    pid = parents.get(pid)
  }
  return found
}

function serviceIn(words: readonly string[]): string {
  const prefix = `${MARKS.service}=`
  return words.find((word) => word.startsWith(prefix))?.slice(prefix.length) ?? ''
}
