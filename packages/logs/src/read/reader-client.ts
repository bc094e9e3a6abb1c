// The supervisor's side of the reader worker: one question, one answer, by id.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { fromPlainError, LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import type { ReadPage } from './log-reader.js'
import type { FromReader, ToReader } from './reader-worker.js'
import type { ResolvedQuery } from './resolve-query.js'

interface Waiting {
  readonly askedAt: number
  readonly resolve: (page: ReadPage) => void
  readonly reject: (error: Error) => void
}

export class ReaderClient {
  readonly #dir: string
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 1
  #isClosed = false

  constructor(dir: string) {
    this.#dir = dir
  }

  /**
   * Answers one page, of entries up to `upToSeq`.
   *
   * @throws {LogsError} `Closed` after {@link close}, `Unavailable` if the worker ended.
   */
  read(query: ResolvedQuery, upToSeq: number): Promise<ReadPage> {
    if (this.#isClosed) return Promise.reject(new LogsError('Closed', 'The log library is closed'))
    const id = this.#nextId++
    this.#worker ??= this.#start()
    this.#worker.postMessage({ type: 'read', id, query, upToSeq } satisfies ToReader)
    return new Promise((resolve, reject) =>
      this.#waiting.set(id, { askedAt: performance.now(), resolve, reject }),
    )
  }

  /** Milliseconds for which the oldest question has waited for its answer; 0 when there is none. */
  oldestMs(): number {
    const [oldest] = this.#waiting.values()
    return oldest ? performance.now() - oldest.askedAt : 0
  }

  /** Ends the worker; questions without an answer are rejected with `Closed`. */
  async close(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.#worker = undefined
    this.#rejectAll(new LogsError('Closed', 'The log library is closed'))
    if (!worker) return
    const exited = once(worker, 'exit')
    worker.postMessage({ type: 'close' } satisfies ToReader)
    // A search that does not end must not keep the store from closing.
    const timer = setTimeout(() => void worker.terminate(), LIMITS.readerEndMs)
    await exited
    clearTimeout(timer)
  }

  // The worker starts with the first question: a store that nobody reads does not pay for it.
  #start(): Worker {
    const url = new URL('./reader-worker.js', import.meta.url)
    const worker = new Worker(url, { workerData: { dir: this.#dir } })
    worker.on('message', (message: FromReader) => {
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if ('error' in message) waiting?.reject(fromPlainError(message.error))
      else waiting?.resolve(message.page)
    })
    worker.on('error', (cause) => this.#died(worker, cause))
    worker.on('exit', () => this.#died(worker, undefined))
    return worker
  }

  #died(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#rejectAll(new LogsError('Unavailable', 'The log reader has ended', { cause }))
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
