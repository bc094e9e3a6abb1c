// The supervisor's side of the reader worker: one question, one answer, by id.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { fromPlainError, LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { planBuckets } from './histogram.js'
import type { Count, CountStep } from './histogram.js'
import type { ReadPage } from './log-reader.js'
import type { FromReader, ReaderAnswers, ReaderQuestion, ToReader } from './reader-worker.js'
import type { ResolvedQuery } from './resolve-query.js'
import { addExtent, extentOf } from './source-extents.js'
import type { SourceExtent } from './source-extents.js'

type StepType = 'span' | 'count' | 'extents'

interface Waiting {
  readonly askedAt: number
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

export class ReaderClient {
  readonly #dir: string
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 1
  #isClosed = false
  #answeredAt = 0
  #stepTurn: Promise<unknown> = Promise.resolve()
  #watch: NodeJS.Timeout | undefined
  /** How often a thread that held its files for too long was ended. */
  restarts = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  /**
   * Answers one page, of entries up to `upToSeq`.
   *
   * @throws {LogsError} `Closed` after {@link close}, `Unavailable` if the worker ended.
   */
  read(query: ResolvedQuery, upToSeq: number): Promise<ReadPage> {
    return this.#ask<'read'>({ type: 'read', query, upToSeq })
  }

  /**
   * Counts lines up to `upToSeq` by time and level, step by step, until `signal` aborts; undefined if there is
   * nothing to count.
   *
   * @throws What `signal` was aborted with.
   */
  async count(
    query: ResolvedQuery,
    buckets: number,
    upToSeq: number,
    signal: AbortSignal | undefined,
  ): Promise<Count | undefined> {
    let [from, to] = [Infinity, -Infinity]
    const spans = this.#steps<'span'>(
      query.afterSeq,
      (afterSeq) => ({ type: 'span', query: { ...query, afterSeq }, upToSeq }),
      signal,
    )
    for await (const span of spans) {
      from = Math.min(from, span.from)
      to = Math.max(to, span.to)
    }
    const plan = planBuckets({ from, to }, buckets)
    if (!plan) return undefined
    const steps: CountStep[] = []
    const counts = this.#steps<'count'>(
      query.afterSeq,
      (afterSeq) => ({ type: 'count', query: { ...query, afterSeq }, plan, upToSeq }),
      signal,
    )
    for await (const step of counts) steps.push(step)
    return { plan, steps }
  }

  /** How far each source reaches in what is stored, by name. */
  async extents(): Promise<Map<string, SourceExtent>> {
    const bySource = new Map<string, SourceExtent>()
    const steps = this.#steps<'extents'>(0, (afterSeq) => ({ type: 'extents', afterSeq }))
    for await (const { extents } of steps) {
      for (const [source, extent] of extents) addExtent(extentOf(bySource, source), extent)
    }
    return bySource
  }

  /** Milliseconds for which the oldest question has waited for its answer; 0 when there is none. */
  oldestMs(): number {
    const [oldest] = this.#waiting.values()
    return oldest ? performance.now() - oldest.askedAt : 0
  }

  /** Ends the worker; questions without an answer are rejected with `Closed`. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#watch)
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

  // What goes over all of the store is asked for in steps, until all is looked at.
  async *#steps<T extends StepType>(
    afterSeq: number,
    question: (afterSeq: number) => ReaderQuestion,
    signal?: AbortSignal,
  ): AsyncGenerator<ReaderAnswers[T]> {
    for (let at: number | null = afterSeq; at !== null;) {
      const step: ReaderAnswers[T] = await this.#takeTurn<T>(question(at), signal)
      yield step
      at = step.lookedSeq
    }
  }

  // Steps take turns: however many there are, who turns a page waits for one of them.
  #takeTurn<T extends StepType>(
    question: ReaderQuestion,
    signal: AbortSignal | undefined,
  ): Promise<ReaderAnswers[T]> {
    const step = this.#stepTurn.then(() => {
      signal?.throwIfAborted()
      return this.#ask<T>(question)
    })
    this.#stepTurn = step.catch(() => {})
    return step
  }

  #ask<T extends keyof ReaderAnswers>(question: ReaderQuestion): Promise<ReaderAnswers[T]> {
    if (this.#isClosed) return Promise.reject(new LogsError('Closed', 'The log library is closed'))
    const id = this.#nextId++
    this.#worker ??= this.#start()
    if (this.#waiting.size === 0) this.#answeredAt = performance.now()
    this.#watch ??= setInterval(() => this.#checkProgress(), LIMITS.upkeepMs).unref()
    this.#worker.postMessage({ ...question, id } satisfies ToReader)
    return new Promise((resolve, reject) => {
      const settle = resolve as (answer: unknown) => void
      this.#waiting.set(id, { askedAt: performance.now(), resolve: settle, reject })
    })
  }

  // The worker starts with the first question: a store that nobody reads does not pay for it.
  #start(): Worker {
    const url = new URL('./reader-worker.js', import.meta.url)
    const worker = new Worker(url, { workerData: { dir: this.#dir } })
    worker.on('message', (message: FromReader) => {
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      this.#answeredAt = performance.now()
      if ('error' in message) waiting?.reject(fromPlainError(message.error))
      else waiting?.resolve(message.answer)
    })
    worker.on('error', (cause) => this.#died(worker, cause))
    worker.on('exit', () => this.#died(worker, undefined))
    return worker
  }

  // Every answer has a budget of time: a thread that gives none is stuck, and what it reads keeps the WAL
  // from being emptied.
  #checkProgress(): void {
    const worker = this.#worker
    if (!worker || this.#waiting.size === 0) return
    if (performance.now() - this.#answeredAt < LIMITS.readerStuckMs) return
    this.restarts++
    void worker.terminate()
    this.#died(worker, new Error(`No answer for ${LIMITS.readerStuckMs} ms`))
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
