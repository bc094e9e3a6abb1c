// What the kernel says about processes, read from /proc. A pid alone is no identity: with the time at
// which the process began it is one.
import { readdirSync, readFileSync } from 'node:fs'

/** Variables that every service gets; by them its processes are known again after hero_proc was killed. */
export const MARKS = {
  /** Id of the data dir. */
  owner: 'HERO_PROC_OWNER',
  service: 'HERO_PROC_SERVICE',
  run: 'HERO_PROC_RUN',
} as const

/** One process at one moment. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly session: number
  /** Ticks of the kernel's clock since boot. */
  readonly startTicks: number
  /** Ticks of processor time, that of children which have ended and were taken back included. */
  readonly cpuTicks: number
  readonly residentPages: number
  readonly threads: number
}

/** Reads a process; undefined if there is none, or it only waits to be taken back by its parent. */
export function readProcess(pid: number): ProcessRow | undefined {
  const text = read(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  // The name may hold anything, also blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, , session] = fields
  if (state === 'Z' || state === 'X') return undefined
  const figure = (index: number): number => Number(fields[index])
  return {
    pid,
    parent: Number(parent),
    session: Number(session),
    startTicks: figure(19),
    cpuTicks: figure(11) + figure(12) + figure(13) + figure(14),
    residentPages: figure(21),
    threads: figure(17),
  }
}

/** Every process of this system. */
export function listProcesses(): ProcessRow[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).flatMap((pid) => readProcess(pid) ?? [])
}

/** The environment that a process began with, as `NAME=value` words; none if it may not be read. */
export function readEnvironment(pid: number): string[] {
  return (read(`/proc/${pid}/environ`) ?? '').split('\0')
}

/** As UTF-8, whatever it is: that needs no buffer of 8 KiB for each file, and what is compared is ASCII. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
