// The supervisor's side of the writer worker: starts it, hands batches over, and turns its end into an
// error instead of silence.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type {
  BatchMessage,
  FromWriter,
  RestoredState,
  ToWriter,
  WriterRequest,
} from '../batch/batch-message.js'
import { fromPlainError, LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import type { StoreOptions } from './store-writer.js'

type Answer = Extract<FromWriter, { type: 'committed' | 'failed' }>

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

export class WriterClient {
  /** Called with each answer to a batch. */
  onAnswer: (answer: Answer) => void = () => {}
  /** Called once if the worker ends by itself. */
  onDeath: (error: Error) => void = () => {}
  readonly #worker: Worker
  readonly #requests = new Map<number, Waiting>()
  #nextId = 1
  #isClosing = false
  #hasEnded = false

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: FromWriter) => this.#onMessage(message))
    worker.on('error', (error) => this.#onDeath(error))
    worker.on('exit', (code) => {
      this.#hasEnded = true
      this.#onDeath(new Error(`The writer ended with code ${code}`))
    })
  }

  /**
   * Starts the worker and opens the store in it.
   *
   * @throws {LogsError} As {@link StoreWriter} does.
   */
  static async open(
    options: StoreOptions,
  ): Promise<{ client: WriterClient; state: RestoredState }> {
    const worker = new Worker(new URL('./writer-worker.js', import.meta.url), {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: LIMITS.writerYoungMb },
    })
    const [first] = (await once(worker, 'message')) as [FromWriter]
    if (first.type === 'ready') return { client: new WriterClient(worker), state: first.state }
    await worker.terminate()
    if (first.type === 'open_failed') throw fromPlainError(first.error)
    throw new Error(`Expected the writer to say ready, got ${first.type}`)
  }

  send(batch: BatchMessage): void {
    this.#post(batch, [batch.bytes, batch.table])
  }

  /** Asks the writer for something that is not a batch; see {@link WriterRequest}. */
  request(request: WriterRequest): Promise<unknown> {
    if (this.#hasEnded) return Promise.reject(new LogsError('Closed', 'The log library is closed'))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject })
      this.#post({ type: 'request', id, request })
    })
  }

  /** Closes the store and ends the worker. */
  async close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    const exited = once(this.#worker, 'exit')
    await this.request({ type: 'close' })
    await exited
  }

  #post(message: ToWriter, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #onMessage(message: FromWriter): void {
    if (message.type === 'committed' || message.type === 'failed') this.onAnswer(message)
    if (message.type !== 'reply') return
    const waiting = this.#requests.get(message.id)
    this.#requests.delete(message.id)
    if (message.error) waiting?.reject(fromPlainError(message.error))
    else waiting?.resolve(message.result)
  }

  #onDeath(cause: Error): void {
    const error = new LogsError('Unavailable', 'The log writer has ended', { cause })
    for (const { reject } of this.#requests.values()) reject(error)
    this.#requests.clear()
    if (this.#isClosing) return
    this.#isClosing = true
    this.onDeath(error)
  }
}
