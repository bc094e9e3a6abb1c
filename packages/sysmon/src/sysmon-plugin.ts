// Looks at every run at an interval and writes what it uses as entries of the source `sysmon`, so that a
// service's own log stays its own. Remembers the peaks of each service's newest run.
import type { Logs, Sink } from '@hero/logs'
import { listProcesses } from '@hero/proc'
import type { Plugin, ProcessRow, RunInfo, RunUsage } from '@hero/proc'
import { sampleUsage } from './usage-sample.js'
import type { UsageSample } from './usage-sample.js'

/** Time between two looks, in milliseconds: a day of one service is 8,640 entries, some 200 KB on disk. */
export const INTERVAL_MS = 10_000
const INTERVAL_MS_MIN = 100
const INTERVAL_MS_MAX = 3_600_000
/**
 * A look soon after a start, so that runs which end before the first interval are seen at all. What begins
 * until then is looked at with it.
 */
const FIRST_LOOK_MS = 1_000

export interface SysmonOptions {
  /** Where the entries go. */
  readonly logs: Pick<Logs, 'sink'>
  /** Milliseconds, 100 to 3,600,000. @default 10_000 */
  readonly intervalMs?: number
}

interface Watched {
  readonly run: RunInfo
  readonly pid: number
  last: { readonly sample: UsageSample; readonly atMs: number } | undefined
  usage: RunUsage | undefined
}

/**
 * Makes the plugin; closing it stops looking.
 *
 * @throws {RangeError} If the interval is out of its range.
 */
export function createSysmonPlugin({ logs, intervalMs = INTERVAL_MS }: SysmonOptions): Plugin {
  if (!(intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX)) {
    throw new RangeError(
      `Expected intervalMs from ${INTERVAL_MS_MIN} to ${INTERVAL_MS_MAX}, got ${intervalMs}`,
    )
  }
  const monitor = new Monitor(logs.sink({ source: 'sysmon', origin: 'sysmon' }))
  const timer = setInterval(() => monitor.look(), intervalMs).unref()
  return {
    name: 'sysmon',
    runStarted: (run) => monitor.begin(run, Math.min(FIRST_LOOK_MS, intervalMs)),
    runEnded: (run) => Promise.resolve(monitor.end(run)),
    runUsage: (service) => monitor.usage(service),
    supervisorEvent: (event) => {
      if (event.type === 'deleted') monitor.forget(event.service)
    },
    close: () => {
      clearInterval(timer)
      monitor.close()
      return Promise.resolve()
    },
  }
}

class Monitor {
  readonly #sink: Sink
  readonly #running = new Map<string, Watched>()
  /** Newest run of each service, gone or not. */
  readonly #newest = new Map<string, Watched>()
  /** Runs that were not looked at yet. */
  readonly #begun = new Set<Watched>()
  #firstLook: NodeJS.Timeout | undefined

  constructor(sink: Sink) {
    this.#sink = sink
  }

  begin(run: RunInfo, firstLookMs: number): void {
    if (run.pid === undefined) return
    const watched = { run, pid: run.pid, last: undefined, usage: undefined }
    this.#running.set(run.service, watched)
    this.#newest.set(run.service, watched)
    this.#begun.add(watched)
    this.#firstLook ??= setTimeout(() => this.#lookAtBegun(), firstLookMs).unref()
  }

  end(run: RunInfo): void {
    this.#running.delete(run.service)
  }

  forget(service: string): void {
    this.#newest.delete(service)
  }

  usage(service: string): RunUsage | undefined {
    return this.#newest.get(service)?.usage
  }

  /** Looks at all runs. */
  look(): void {
    this.#lookAtAll([...this.#running.values()])
  }

  close(): void {
    clearTimeout(this.#firstLook)
    this.#running.clear()
    this.#sink.close()
  }

  /** Most runs that end early have ended by then: /proc is walked for those that have not. */
  #lookAtBegun(): void {
    const begun = [...this.#begun]
    this.#firstLook = undefined
    this.#begun.clear()
    this.#lookAtAll(begun.filter((watched) => this.#isRunning(watched)))
  }

  /** One walk over /proc serves them all. */
  #lookAtAll(runs: readonly Watched[]): void {
    if (runs.length === 0) return
    const rows = processes()
    for (const watched of runs) this.#lookAt(watched, rows)
  }

  #isRunning(watched: Watched): boolean {
    return this.#running.get(watched.run.service) === watched
  }

  #lookAt(watched: Watched, rows: readonly ProcessRow[]): void {
    const sample = sampleUsage(watched.pid, rows)
    if (sample === undefined) return
    const atMs = performance.now()
    const cpuPercent = percentOf(watched, sample, atMs)
    watched.usage = peaksOf(watched.usage, sample, cpuPercent)
    watched.last = { sample, atMs }
    this.#write(watched, sample, cpuPercent)
  }

  #write({ run, pid }: Watched, sample: UsageSample, cpuPercent: number): void {
    const { cpuMs, memoryBytes, fds, processes, threads } = sample
    const memory = `${(memoryBytes / 2 ** 20).toFixed(1)} MiB`
    this.#sink.write({
      text: `${run.service}: cpu ${cpuPercent} %, memory ${memory}, fds ${fds}, processes ${processes}`,
      level: 'info',
      fields: {
        service: run.service,
        run: run.run,
        pid,
        cpu_percent: cpuPercent,
        cpu_ms: cpuMs,
        memory_bytes: memoryBytes,
        fds,
        processes,
        threads,
      },
    })
  }
}

/** None while no file can be opened: this look is left out. */
function processes(): readonly ProcessRow[] {
  try {
    return listProcesses()
  } catch {
    return []
  }
}

/** Share of one processor since the look before, or since the start; in percent with one decimal. */
function percentOf({ last, run }: Watched, { cpuMs }: UsageSample, atMs: number): number {
  const spentMs = Math.max(0, cpuMs - (last?.sample.cpuMs ?? 0))
  const passedMs = last === undefined ? Date.now() - run.startedTs / 1_000 : atMs - last.atMs
  return Math.round((spentMs / Math.max(1, passedMs)) * 1_000) / 10
}

function peaksOf(before: RunUsage | undefined, sample: UsageSample, cpuPercent: number): RunUsage {
  const { cpuMs, memoryBytes, memoryPeakBytes } = sample
  return {
    cpu_ms: Math.max(before?.cpu_ms ?? 0, cpuMs),
    cpu_percent_peak: Math.max(before?.cpu_percent_peak ?? 0, cpuPercent),
    memory_peak_bytes: Math.max(before?.memory_peak_bytes ?? 0, memoryBytes, memoryPeakBytes),
  }
}
