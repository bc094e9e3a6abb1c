// The writer's side of the checkpoint thread: one checkpoint at a time. The thread starts with the first.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export class Checkpointer {
  readonly #onDone: (path: string) => void
  #worker: Worker | undefined
  #path: string | undefined

  /** @param onDone - Called with the path of each file that was done. */
  constructor(onDone: (path: string) => void) {
    this.#onDone = onDone
  }

  get isBusy(): boolean {
    return this.#path !== undefined
  }

  /** Begins with a file; only when none is under way. */
  begin(path: string): void {
    this.#worker ??= this.#start()
    this.#path = path
    this.#worker.postMessage(path)
  }

  /** Ends the thread, after the file that it is at. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    if (this.isBusy) await Promise.race([once(worker, 'message'), once(worker, 'exit')])
    await worker.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.js', import.meta.url))
    const done = (): void => {
      const path = this.#path
      this.#path = undefined
      if (path !== undefined) this.#onDone(path)
    }
    worker.on('message', done)
    worker.on('error', () => {
      this.#worker = undefined
      done()
    })
    worker.unref()
    return worker
  }
}
