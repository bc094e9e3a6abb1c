// Sinks of producers that can wait: callers and WebSockets. When the queue is full the store asks them to
// pause. A service may be paused for a moment only, then its lines are dropped; one that waits for an
// answer can wait until what is queued is committed, and loses nothing.
import type { Logs, Origin, Sink } from '@hero/logs'
import { SERVING_LIMITS } from './serving-limits.js'

/** Where lines go: an open store, or what holds them until there is one. */
export type Intake = Pick<Logs, 'sink' | 'sync'>

/** A sink whose producer waits while the queue is full. */
export class HeldSink {
  readonly sink: Sink
  readonly #logs: Intake
  readonly #onPause: (isPaused: boolean) => void
  #room: Promise<void> | undefined

  /** @throws {LogsError} `InvalidName`, `LimitExceeded`, `Closed`. */
  constructor(
    logs: Intake,
    source: string,
    origin: Origin,
    onPause: (isPaused: boolean) => void = () => undefined,
  ) {
    this.#logs = logs
    this.#onPause = onPause
    this.sink = logs.sink({
      source,
      origin,
      onHold: (held) => {
        if (held) this.#room ??= this.#waitForRoom()
      },
    })
  }

  /** While writing more would mean losses: resolves when there is room, or nobody knows when. */
  get room(): Promise<void> | undefined {
    return this.#room
  }

  close(): void {
    this.sink.close()
  }

  async #waitForRoom(): Promise<void> {
    this.#onPause(true)
    // Not inside the write that has filled the queue.
    await Promise.resolve()
    // A store that cannot be written says so to those who ask for a commit; here lines are counted as lost.
    await this.#logs.sync().catch(() => undefined)
    this.#room = undefined
    this.#onPause(false)
  }
}

/** The sinks of callers, one a source, kept between calls. */
export class HeldSinks {
  readonly #logs: Intake
  readonly #bySource = new Map<string, HeldSink>()

  constructor(logs: Intake) {
    this.#logs = logs
  }

  /**
   * Gives the sink of a source.
   *
   * @throws {LogsError} `InvalidName`, `LimitExceeded`, `Closed`.
   */
  of(source: string): HeldSink {
    const held = this.#bySource.get(source) ?? new HeldSink(this.#logs, source, 'rpc')
    // The one that was used last comes last, so that the first is the one to give up.
    this.#bySource.delete(source)
    this.#bySource.set(source, held)
    if (this.#bySource.size > SERVING_LIMITS.sinksMax) {
      const [[name, oldest] = []] = this.#bySource
      oldest?.close()
      if (name !== undefined) this.#bySource.delete(name)
    }
    return held
  }
}
