// Passes the signals that we get on to a command that runs in a process group of its own. A second
// Ctrl-C kills it.

import { say } from './output.js'

type Send = (name: NodeJS.Signals) => void

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export class SignalRelay {
  readonly #listeners = new Map<NodeJS.Signals, () => void>()
  readonly #waiting: NodeJS.Signals[] = []
  #send: Send | undefined
  #interrupts = 0

  constructor() {
    for (const name of SIGNALS) {
      const listener = (): void => this.#take(name)
      this.#listeners.set(name, listener)
      process.on(name, listener)
    }
  }

  /** Names the receiver; signals that came before it are sent now. */
  attach(send: Send): void {
    this.#send = send
    for (const name of this.#waiting.splice(0)) pass(name, send)
  }

  /** Leaves signals to their default again. */
  close(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener)
  }

  #take(name: NodeJS.Signals): void {
    if (name === 'SIGINT') this.#interrupts += 1
    const signal = this.#interrupts > 1 ? 'SIGKILL' : name
    if (this.#send) pass(signal, this.#send)
    else this.#waiting.push(signal)
  }
}

/** A command that runs as somebody else cannot be signalled: it is said, and waited for. */
function pass(name: NodeJS.Signals, send: Send): void {
  try {
    send(name)
  } catch (error) {
    say(`hero_proc: ${name} could not be passed on: ${(error as Error).message}`)
  }
}
