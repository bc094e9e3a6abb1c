// What the processes of a run use at one moment, read from /proc. A run's processes are those of the
// session that it began, and what its first process has started in sessions of their own, as PostgreSQL
// does.
import { readdirSync, readFileSync } from 'node:fs'
import type { ProcessRow } from '@hero/proc'

/** Of all processes of a run together. */
export interface UsageSample {
  /** Milliseconds of processor time since the run began, ended processes included. */
  readonly cpuMs: number
  /** Bytes that are resident; pages that processes share count for each. */
  readonly memoryBytes: number
  /** Most that the first process ever had, by the kernel's own mark; 0 if it cannot be read. */
  readonly memoryPeakBytes: number
  /** Open descriptors; those of processes that may not be looked at are missing. */
  readonly fds: number
  readonly processes: number
  readonly threads: number
}

/** The kernel's clock towards programs ticks a hundred times a second on every processor. */
const TICK_MS = 10

/** Adds up the rows of a run; undefined if none is left. */
export function sampleUsage(leader: number, rows: readonly ProcessRow[]): UsageSample | undefined {
  const own = processesOf(leader, rows)
  if (own.length === 0) return undefined
  const sum = (value: (row: ProcessRow) => number): number =>
    own.reduce((total, row) => total + value(row), 0)
  return {
    cpuMs: sum(({ cpuTicks }) => cpuTicks) * TICK_MS,
    memoryBytes: sum(({ residentPages }) => residentPages) * pageBytes(),
    memoryPeakBytes: peakOf(leader),
    fds: sum(({ pid }) => countFds(pid)),
    processes: own.length,
    threads: sum(({ threads }) => threads),
  }
}

function processesOf(leader: number, rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const found = new Set([leader])
  const isOurs = ({ session, parent }: ProcessRow): boolean =>
    session === leader || found.has(parent)
  // A child may stand before its parent: again, until no more are found.
  for (let before = 0; before !== found.size;) {
    before = found.size
    for (const row of rows) if (isOurs(row)) found.add(row.pid)
  }
  return rows.filter(({ pid }) => found.has(pid))
}

function countFds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}

function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024
  } catch {
    return 0
  }
}

let page: number | undefined

function pageBytes(): number {
  return (page ??= Number(/^KernelPageSize:\s+(\d+) kB/m.exec(ownMaps())?.[1] ?? 4) * 1_024)
}

/** Nothing where the kernel has no such file, or does not show it. */
function ownMaps(): string {
  try {
    return readFileSync('/proc/self/smaps', 'utf8')
  } catch {
    return ''
  }
}
