// One supervised service. Operations stand in a line and never interleave; the end of a run comes by
// itself and decides, by the policy, what follows.
//
//               start                    exit, policy says again
//   stopped ──► starting ──► running ──────────► backoff ──► starting
//      ▲           │            │ stop             │ stop
//      │           ▼            ▼                  ▼
//      └────── failed        stopping ─────────► stopped
//
// It is running when it is ready as its definition says. A stop does not wait for that.
// A run has ended when its plugins say so (the exit barrier): only then the state changes, the end is
// announced, and another run may begin.
import { settlesWithin, unlessAborted } from './deadline.js'
import { ProcError } from './errors.js'
import { Operations } from './operations.js'
import type { OperationKind, OperationRecord } from './operations.js'
import { endProcesses, orphansOf } from './orphans.js'
import type { PluginHost } from './plugin-host.js'
import type { RunExit, RunInfo, ServiceState, SupervisorEvent } from './plugin.js'
import { readProcess } from './process-table.js'
import { RunHistory, toRunRecord } from './run-history.js'
import type { RunRecord } from './run-history.js'
import { startRun } from './run.js'
import type { CaptureDefaults, ForegroundOptions, Run } from './run.js'
import type { ServiceDefinition } from './service-definition.js'
import type { ServiceFiles } from './service-files.js'
import type { ServiceStatus } from './service-status.js'
import { Terminal } from './terminal.js'

type ReadinessOutcome = 'ready' | 'ended' | 'late' | 'stopped'

/** Times that tests shorten. Milliseconds. */
export interface ServiceTimes {
  /** A run that lasted this long was a good one: the back-off begins anew. */
  readonly steadyAfterMs: number
  /** From SIGKILL to giving up on a process that the kernel does not let go. */
  readonly killGraceMs: number
}

export interface ServiceOptions {
  readonly definition: ServiceDefinition
  readonly files: ServiceFiles
  readonly host: PluginHost
  readonly capture: CaptureDefaults & ForegroundOptions
  readonly times: ServiceTimes
  readonly announce: (event: SupervisorEvent) => void
  /** Pids of orphans that came to this process. */
  readonly adopted: () => readonly number[]
}

/** One service and its current run. */
export class Service {
  readonly definition: ServiceDefinition
  readonly #options: ServiceOptions
  readonly #operations = new Operations()
  readonly #history = new RunHistory()
  /** What can be attached to; only with `capture: tee`. */
  readonly terminal: Terminal | undefined
  #state: ServiceState = 'stopped'
  #closed = false
  #current: { readonly run: Run; readonly done: Promise<void> } | undefined
  #last: { readonly run: Run; readonly exit: RunExit } | undefined
  #timer: NodeJS.Timeout | undefined
  #nextStartTs: number | undefined
  /** Ends in a row that were no good ones. */
  #failures = 0
  /** Aborted by a stop: what was asked to start before it waits for nothing any more. */
  #starts = new AbortController()
  #wasLate = false
  /** Starts by the policy since the last start by a caller. */
  #restarts = 0

  constructor(options: ServiceOptions) {
    this.definition = options.definition
    this.#options = options
    this.terminal = options.definition.capture === 'tee' ? new Terminal() : undefined
  }

  get state(): ServiceState {
    return this.#state
  }

  get run(): Run | undefined {
    return this.#current?.run
  }

  get lastExit(): RunExit | undefined {
    return this.#last?.exit
  }

  operations(): readonly OperationRecord[] {
    return this.#operations.records()
  }

  /** The last runs, the current one included. */
  runs(): readonly RunRecord[] {
    const ended = this.#history.records()
    if (this.#current === undefined) return ended
    return [...ended, this.#recordOf(this.#current.run)]
  }

  status(): ServiceStatus {
    const info = this.#current?.run.info
    const last = this.#last
    return {
      name: this.definition.name,
      state: this.#state,
      pid: info?.pid ?? null,
      run: info?.run ?? last?.run.info.run ?? null,
      started_ts: info?.startedTs ?? null,
      next_start_ts: this.#nextStartTs ?? null,
      restarts: this.#restarts,
      last_exit:
        last === undefined
          ? null
          : {
              run: last.run.info.run,
              code: last.exit.code,
              signal: last.exit.signal,
              escaped: last.exit.escaped,
              ended_ts: last.exit.endedTs,
              duration_ms: last.exit.durationMs,
              ...(last.exit.error === undefined ? {} : { error: last.exit.error }),
            },
      definition: this.definition,
    }
  }

  /**
   * Starts it if it does not run; resolves when it is ready.
   *
   * @param prepare What has to be done first, when it is this start's turn.
   * @throws {ProcError} `Unavailable` if it could not be spawned, did not become ready, or is being
   * deleted. What `prepare` rejects with.
   */
  start(prepare?: () => Promise<void>): Promise<void> {
    const { signal } = this.#starts
    return this.#operations.add('start', async () => {
      if (prepare !== undefined) await this.#prepare(prepare, signal)
      await this.#startAnew(signal)
    })
  }

  /**
   * Stops it: the stop signal to its group, SIGKILL at the deadline. Resolves behind the exit barrier.
   *
   * @throws {ProcError} `Unavailable` if it survives SIGKILL.
   */
  stop(): Promise<void> {
    this.#interruptStarts()
    return this.#operations.add('stop', () => this.#stop())
  }

  /** Stops and starts it, with nothing in between. */
  restart(): Promise<void> {
    this.#interruptStarts()
    const { signal } = this.#starts
    return this.#operations.add('restart', async () => {
      await this.#stop()
      await this.#startAnew(signal)
    })
  }

  /** Resolves behind the exit barrier of the current run; at once if there is none. */
  async ended(): Promise<void> {
    await this.#current?.done
  }

  /** Stops it for good and gives up the output of processes that escaped. Safe to call twice. */
  close(kind: OperationKind = 'stop'): Promise<void> {
    this.#closed = true
    this.#interruptStarts()
    return this.#operations.add(kind, async () => {
      try {
        await this.#stop()
      } finally {
        await this.#last?.run.release()
      }
    })
  }

  #interruptStarts(): void {
    this.#starts.abort()
    this.#starts = new AbortController()
  }

  /** A stop does not wait for it. */
  async #prepare(prepare: () => Promise<void>, stopped: AbortSignal): Promise<void> {
    const outcome = await unlessAborted<'ready' | 'stopped'>(stopped, 'stopped', async () => {
      await prepare()
      return 'ready'
    })
    if (outcome === 'stopped') throw this.#notReady(outcome)
  }

  async #startAnew(stopped: AbortSignal): Promise<void> {
    this.#failures = 0
    this.#restarts = 0
    await this.#start(stopped)
  }

  async #start(stopped: AbortSignal): Promise<void> {
    const { definition, files, host, announce } = this.#options
    const { name } = definition
    if (this.#closed) throw new ProcError('Unavailable', `Service ${name} is being closed`)
    if (this.#current !== undefined) return
    this.#forgetBackoff()
    this.#become('starting')
    let run: Run
    try {
      await this.#last?.run.release()
      await this.#endOrphans()
      const { owner } = files
      const capture = this.#captureOptions()
      run = await startRun({ definition, run: await files.nextRun(name), host, owner, capture })
    } catch (error) {
      // As after a spawn that fails: a disk that is full, or descriptors that are all taken, may come back.
      if (definition.restart === 'never') this.#become('failed')
      else this.#backOff()
      throw error
    }
    const done = run.ended.then((exit) => this.#afterEnd(run, exit))
    this.#current = { run, done }
    if (run.failure === undefined) {
      this.#note(run.info)
      announce({ type: 'started', service: name, run: run.info })
      return await this.#becomeReady(run, done, stopped)
    }
    await done
    throw new ProcError('Unavailable', `Service ${name} did not start: ${run.failure.message}`, {
      details: { service: name, reason: run.failure.code, state: this.#state },
    })
  }

  #captureOptions(): CaptureDefaults & ForegroundOptions {
    const { capture } = this.#options
    const { terminal } = this
    if (terminal === undefined) return capture
    const onData: NonNullable<ForegroundOptions['onData']> = (chunk, stream) => {
      terminal.push(chunk)
      capture.onData?.(chunk, stream)
    }
    return { ...capture, onData }
  }

  /** For the start after a kill of hero_proc. */
  #note({ service, run, pid = 0 }: RunInfo): void {
    const startTicks = readProcess(pid)?.startTicks
    if (startTicks !== undefined) this.#options.files.noteRunning({ service, run, pid, startTicks })
  }

  /** @throws {ProcError} `Unavailable`, if it ends, is stopped, or is not ready in time. */
  async #becomeReady(run: Run, done: Promise<void>, stopped: AbortSignal): Promise<void> {
    const { ready } = this.definition
    const outcome = ready.type === 'none' ? 'ready' : await this.#readiness(run, stopped)
    if (outcome === 'ready') {
      if (this.#current?.run === run) this.#become('running')
      return
    }
    if (outcome === 'late') {
      this.#wasLate = true
      await this.#end(run, done)
    }
    if (outcome === 'ended') await done
    throw this.#notReady(outcome)
  }

  #notReady(outcome: Exclude<ReadinessOutcome, 'ready'>): ProcError {
    const { name, ready } = this.definition
    const how = {
      late: `was not ready within ${ready.deadline_ms} ms`,
      ended: 'ended before it was ready',
      stopped: 'was stopped before it was ready',
    }[outcome]
    return new ProcError('Unavailable', `Service ${name} ${how}`, {
      details: { service: name, reason: 'NotReady', state: this.#state },
    })
  }

  async #readiness(run: Run, stopped: AbortSignal): Promise<ReadinessOutcome> {
    const watch = (over: AbortSignal): Promise<ReadinessOutcome> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve('late'), this.definition.ready.deadline_ms)
        over.addEventListener('abort', () => clearTimeout(timer))
        void run.exited.then(() => resolve('ended'))
        void run.ready(over).then(() => resolve('ready'))
      })
    return await unlessAborted(stopped, 'stopped', watch)
  }

  async #stop(): Promise<void> {
    this.#forgetBackoff()
    if (this.#current !== undefined) {
      const { run, done } = this.#current
      this.#become('stopping')
      await this.#end(run, done)
    }
    await this.#endOrphans()
    this.#become('stopped')
  }

  async #end(run: Run, done: Promise<void>): Promise<void> {
    const { name, stop_signal: signal, stop_deadline_ms: deadlineMs } = this.definition
    const { killGraceMs } = this.#options.times
    run.signal(signal)
    const isGone = await settlesWithin(run.exited, deadlineMs)
    // Also when the first process is gone: others of its group may not have listened.
    run.signal('SIGKILL')
    if (!isGone && !(await settlesWithin(run.exited, killGraceMs))) {
      throw new ProcError('Unavailable', `Service ${name} did not end after SIGKILL`, {
        hint: 'Its process is stuck in the kernel, for example on a file system that does not answer',
        details: { service: name, pid: run.info.pid },
      })
    }
    await done
  }

  /** Ends what left the group and lost its parent. */
  async #endOrphans(): Promise<void> {
    const { files, adopted, announce } = this.#options
    const { name, stop_signal, stop_deadline_ms } = this.definition
    const orphans = orphansOf(name, files.owner, adopted())
    if (orphans.length === 0) return
    await endProcesses(orphans, stop_signal, stop_deadline_ms)
    announce({ type: 'orphans_ended', service: name, pids: orphans.map(({ pid }) => pid) })
  }

  #recordOf(run: Run, exit?: RunExit): RunRecord {
    const usage = this.#options.host.runUsage(this.definition.name)
    const about = { isRestart: this.#restarts > 0, usage }
    return toRunRecord(run.info, exit === undefined ? about : { ...about, exit })
  }

  /** Behind the exit barrier: what the end of a run leads to. */
  #afterEnd(run: Run, exit: RunExit): void {
    const isLate = this.#wasLate
    this.#wasLate = false
    this.#history.add(this.#recordOf(run, exit))
    this.#options.files.forgetRunning(this.definition.name)
    this.#current = undefined
    this.#last = { run, exit }
    const isSteady =
      exit.error === undefined && exit.durationMs >= this.#options.times.steadyAfterMs
    if (isSteady) this.#failures = 0
    if (this.#state === 'stopping' || this.#closed) this.#become('stopped')
    else if (this.#isRestartDue(exit, isLate)) this.#backOff()
    else this.#become(exit.code === 0 && !isLate ? 'stopped' : 'failed')
    this.#options.announce({
      type: 'exited',
      service: this.definition.name,
      run: run.info,
      exit,
    })
  }

  #isRestartDue(exit: RunExit, isLate: boolean): boolean {
    const { restart } = this.definition
    return restart === 'always' || (restart === 'on-failure' && (exit.code !== 0 || isLate))
  }

  #backOff(): void {
    const { name, backoff_min_ms: least, backoff_max_ms: most, give_up_after } = this.definition
    const delayMs = Math.min(most, least * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    if (give_up_after > 0 && this.#failures >= give_up_after) {
      this.#become('failed')
      this.#options.announce({ type: 'gave_up', service: name, failures: this.#failures })
      return
    }
    this.#nextStartTs = (Date.now() + delayMs) * 1_000
    this.#timer = setTimeout(() => {
      const { signal } = this.#starts
      void this.#operations.add('again', () => this.#startAgain(signal)).catch(() => undefined)
    }, delayMs)
    this.#become('backoff')
  }

  /** A stop that came first has changed the state. What goes wrong is told by the state and the record. */
  async #startAgain(stopped: AbortSignal): Promise<void> {
    if (this.#state !== 'backoff' || this.#closed) return
    this.#restarts += 1
    await this.#start(stopped)
  }

  #forgetBackoff(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#nextStartTs = undefined
  }

  #become(state: ServiceState): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.announce({ type: 'state', service: this.definition.name, state })
  }
}
