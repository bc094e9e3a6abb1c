// The last runs of a service, as inspection shows them. Older ones are in its log, as markers.
import type { RunExit, RunInfo, RunUsage } from './plugin.js'

/** Runs that are kept for each service. */
export const RUNS_KEPT = 32

/** One run; times are microseconds since the epoch. */
export interface RunRecord {
  readonly run: number
  /** Null if it never began. */
  readonly pid: number | null
  readonly started_ts: number
  /** Null while it goes on. */
  readonly ended_ts: number | null
  readonly code: number | null
  readonly signal: string | null
  /** True if the restart policy started it. */
  readonly is_restart: boolean
  /** Null if nobody has looked. */
  readonly usage: RunUsage | null
  /** Why it never began. */
  readonly error?: string
}

/** Remembers how runs ended. */
export class RunHistory {
  readonly #records: RunRecord[] = []

  add(record: RunRecord): void {
    this.#records.push(record)
    if (this.#records.length > RUNS_KEPT) this.#records.shift()
  }

  /** The newest last. */
  records(): readonly RunRecord[] {
    return [...this.#records]
  }
}

/** Describes a run, whether it goes on or not. */
export function toRunRecord(
  info: RunInfo,
  about: {
    readonly exit?: RunExit
    readonly isRestart: boolean
    readonly usage: RunUsage | undefined
  },
): RunRecord {
  const { exit, isRestart, usage } = about
  return {
    run: info.run,
    pid: info.pid ?? null,
    started_ts: info.startedTs,
    ended_ts: exit?.endedTs ?? null,
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    is_restart: isRestart,
    usage: usage ?? null,
    ...(exit?.error === undefined ? {} : { error: exit.error.message }),
  }
}
