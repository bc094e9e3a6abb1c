// One supervised service. Operations stand in a line and never interleave; the end of a run comes by
// itself and decides, by the policy, what follows.
//
//               start                    exit, policy says again
//   stopped ──► starting ──► running ──────────► backoff ──► starting
//      ▲           │            │ stop             │ stop
//      │           ▼            ▼                  ▼
//      └────── failed        stopping ─────────► stopped
//
// A run has ended when its plugins say so (the exit barrier): only then the state changes, the end is
// announced, and another run may begin.
import { settlesWithin } from './deadline.js'
import { ProcError } from './errors.js'
import type { PluginHost } from './plugin-host.js'
import type { RunExit, ServiceState, SupervisorEvent } from './plugin.js'
import { startRun } from './run.js'
import type { CaptureDefaults, ForegroundOptions, Run } from './run.js'
import type { ServiceDefinition } from './service-definition.js'
import type { ServiceFiles } from './service-files.js'
import type { ServiceStatus } from './service-status.js'

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
}

/** One service and its current run. */
export class Service {
  readonly definition: ServiceDefinition
  readonly #options: ServiceOptions
  #state: ServiceState = 'stopped'
  #line: Promise<unknown> = Promise.resolve()
  #closed = false
  #current: { readonly run: Run; readonly done: Promise<void> } | undefined
  #last: { readonly run: Run; readonly exit: RunExit } | undefined
  #timer: NodeJS.Timeout | undefined
  #nextStartTs: number | undefined
  /** Ends in a row that were no good ones. */
  #failures = 0
  /** Starts by the policy since the last start by a caller. */
  #restarts = 0

  constructor(options: ServiceOptions) {
    this.definition = options.definition
    this.#options = options
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
   * Starts it if it does not run; resolves when it has a pid.
   *
   * @throws {ProcError} `Unavailable` if it could not be spawned, or is being deleted.
   */
  start(): Promise<void> {
    return this.#queue(() => this.#startAnew())
  }

  /**
   * Stops it: the stop signal to its group, SIGKILL at the deadline. Resolves behind the exit barrier.
   *
   * @throws {ProcError} `Unavailable` if it survives SIGKILL.
   */
  stop(): Promise<void> {
    return this.#queue(() => this.#stop())
  }

  /** Stops and starts it, with nothing in between. */
  restart(): Promise<void> {
    return this.#queue(async () => {
      await this.#stop()
      await this.#startAnew()
    })
  }

  /** Resolves behind the exit barrier of the current run; at once if there is none. */
  async ended(): Promise<void> {
    await this.#current?.done
  }

  /** Stops it for good and gives up the output of processes that escaped. Safe to call twice. */
  close(): Promise<void> {
    this.#closed = true
    return this.#queue(async () => {
      try {
        await this.#stop()
      } finally {
        await this.#last?.run.release()
      }
    })
  }

  #queue<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#line.then(operation)
    this.#line = result.catch(() => undefined)
    return result
  }

  async #startAnew(): Promise<void> {
    this.#failures = 0
    this.#restarts = 0
    await this.#start()
  }

  async #start(): Promise<void> {
    const { definition, files, host, capture, announce } = this.#options
    const { name } = definition
    if (this.#closed) throw new ProcError('Unavailable', `Service ${name} is being closed`)
    if (this.#current !== undefined) return
    this.#forgetBackoff()
    await this.#last?.run.release()
    this.#become('starting')
    let run: Run
    try {
      run = await startRun({ definition, run: await files.nextRun(name), host, capture })
    } catch (error) {
      this.#become('failed')
      throw error
    }
    const done = run.ended.then((exit) => this.#afterEnd(run, exit))
    this.#current = { run, done }
    if (run.failure === undefined) {
      this.#become('running')
      announce({ type: 'started', service: name, run: run.info })
      return
    }
    await done
    throw new ProcError('Unavailable', `Service ${name} did not start: ${run.failure.message}`, {
      details: { service: name, reason: run.failure.code, state: this.#state },
    })
  }

  async #stop(): Promise<void> {
    this.#forgetBackoff()
    if (this.#current === undefined) return this.#become('stopped')
    const { run, done } = this.#current
    const { name, stop_signal: signal, stop_deadline_ms: deadlineMs } = this.definition
    const { killGraceMs } = this.#options.times
    this.#become('stopping')
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

  /** Behind the exit barrier: what the end of a run leads to. */
  #afterEnd(run: Run, exit: RunExit): void {
    this.#current = undefined
    this.#last = { run, exit }
    const isSteady =
      exit.error === undefined && exit.durationMs >= this.#options.times.steadyAfterMs
    if (isSteady) this.#failures = 0
    if (this.#state === 'stopping' || this.#closed) this.#become('stopped')
    else if (this.#isRestartDue(exit)) this.#backOff()
    else this.#become(exit.code === 0 ? 'stopped' : 'failed')
    this.#options.announce({
      type: 'exited',
      service: this.definition.name,
      run: run.info,
      exit,
    })
  }

  #isRestartDue(exit: RunExit): boolean {
    const { restart } = this.definition
    return restart === 'always' || (restart === 'on-failure' && exit.code !== 0)
  }

  #backOff(): void {
    const { backoff_min_ms: least, backoff_max_ms: most } = this.definition
    const delayMs = Math.min(most, least * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    this.#nextStartTs = (Date.now() + delayMs) * 1_000
    this.#timer = setTimeout(() => void this.#queue(() => this.#startAgain()), delayMs)
    this.#become('backoff')
  }

  /** A stop that came first has changed the state. What goes wrong is told by the state and the plugins. */
  async #startAgain(): Promise<void> {
    if (this.#state !== 'backoff' || this.#closed) return
    this.#restarts += 1
    await this.#start().catch(() => undefined)
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
