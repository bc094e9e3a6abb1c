// Echoes what a command prints to our own stdout and stderr, byte for byte. A reader that does not keep
// up holds the command back; one that has gone is no reason to stop: the output is still kept.
import type { Writable } from 'node:stream'
import type { Plugin, RunControls } from '@hero/proc'

type StreamName = 'stdout' | 'stderr'

/** Bytes waiting for one reader, above which the command is held back. */
const WAITING_BYTES_MAX = 1_048_576

export class Echo {
  /** Lets the echo hold the run's output back. */
  readonly plugin: Plugin
  readonly #targets: Readonly<Record<StreamName, Writable>>
  readonly #gone = new Set<StreamName>()
  readonly #full = new Set<StreamName>()
  #controls: RunControls | undefined

  constructor(targets: Readonly<Record<StreamName, Writable>> = process) {
    this.#targets = targets
    this.plugin = {
      name: 'echo',
      runStarting: (_, controls) => {
        this.#controls = controls
        return undefined
      },
    }
    for (const name of ['stdout', 'stderr'] as const) {
      targets[name].on('drain', () => this.#release(name))
      targets[name].on('error', () => {
        this.#gone.add(name)
        this.#release(name)
      })
    }
  }

  /** Takes bytes that are only valid during the call. */
  write(chunk: Uint8Array, name: StreamName): void {
    if (this.#gone.has(name)) return
    const target = this.#targets[name]
    target.write(Buffer.from(chunk))
    if (target.writableLength <= WAITING_BYTES_MAX) return
    this.#full.add(name)
    this.#controls?.pause()
  }

  /** Resolves when everything has been handed to the readers, or they have gone. */
  async drained(): Promise<void> {
    const all = (['stdout', 'stderr'] as const).filter((name) => !this.#gone.has(name))
    await Promise.all(
      all.map(
        (name) => new Promise<void>((resolve) => this.#targets[name].write('', () => resolve())),
      ),
    )
  }

  #release(name: StreamName): void {
    if (this.#full.delete(name) && this.#full.size === 0) this.#controls?.resume()
  }
}
