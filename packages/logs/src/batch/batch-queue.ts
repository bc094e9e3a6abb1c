// Closed batches on their way: pending, then in flight at the writer, in order. A batch that failed is
// sent again, and none behind it overtakes it. Buffers that come back are used again.
import { createHistogram } from 'node:perf_hooks'
import type { RecordableHistogram } from 'node:perf_hooks'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import type { BatchMessage, FromWriter, KeySnapshot, StoreFigures } from './batch-message.js'
import { PackedBuffer } from './packed-buffer.js'

export interface ClosedBatch {
  readonly buffer: PackedBuffer
  readonly keys: readonly KeySnapshot[]
  readonly lastSeq: number
  /** When the first line entered, by `performance.now()`. */
  readonly openedAt: number
}

export type CommittedBatch = Extract<FromWriter, { type: 'committed' }>
type FailedBatch = Extract<FromWriter, { type: 'failed' }>

interface Sent extends ClosedBatch {
  readonly id: number
}

interface Waiter {
  readonly id: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class BatchQueue {
  /** Why the writer cannot store at the moment; undefined while it can. */
  failing: 'disk_full' | 'store_error' | undefined
  failureMessage: string | undefined
  /** Why batches wait longer than the store's pace asks for: also for a while after it has recovered. */
  delayedBy: 'disk_full' | 'store_error' | undefined
  committedSeq = 0
  flushCount = 0
  figures: StoreFigures | undefined
  /** From a batch's first line to its commit, microseconds. */
  readonly flushMicros: RecordableHistogram = createHistogram()
  readonly flushLines: RecordableHistogram = createHistogram()
  readonly commitMicros: RecordableHistogram = createHistogram()
  readonly #send: (message: BatchMessage) => void
  readonly #onCommitted: (batch: CommittedBatch, buffer: PackedBuffer) => void
  readonly #listeners = new Set<(committedSeq: number) => void>()
  readonly #pool: PackedBuffer[] = []
  #pending: Sent[] = []
  #inFlight: Sent[] = []
  #retry: Sent[] = []
  #nextId = 1
  #retryTimer: NodeJS.Timeout | undefined
  #waiters: Waiter[] = []
  #isDead = false

  /** `onCommitted` gets what the writer stored, and the buffer that leaves the queue with it. */
  constructor(
    send: (message: BatchMessage) => void,
    onCommitted: (batch: CommittedBatch, buffer: PackedBuffer) => void,
  ) {
    this.#send = send
    this.#onCommitted = onCommitted
  }

  takeBuffer(): PackedBuffer {
    return this.#pool.pop() ?? new PackedBuffer()
  }

  /** True while closed batches wait for the writer: to close another one early would gain nothing. */
  get isBacklogged(): boolean {
    return this.#pending.length > 0
  }

  push(batch: ClosedBatch): void {
    this.#pending.push({ ...batch, id: this.#nextId++ })
    this.#pump()
  }

  /** Calls `listener` with the highest committed seq after each commit; returns how to stop that. */
  onCommit(listener: (committedSeq: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Resolves when every batch pushed so far, or also the next one, is committed.
   *
   * @throws {LogsError} `Unavailable` when the writer could not store one of them; it will try again.
   */
  drained({ withNext = false }: { readonly withNext?: boolean } = {}): Promise<void> {
    if (this.#isDead) return Promise.reject(this.#unavailable())
    const waiting = this.#retry.length + this.#inFlight.length + this.#pending.length
    if (waiting === 0 && !withNext) return Promise.resolve()
    const id = withNext ? this.#nextId : this.#nextId - 1
    return new Promise((resolve, reject) => this.#waiters.push({ id, resolve, reject }))
  }

  /** The writer committed its oldest batch. */
  committed(message: CommittedBatch): void {
    const sent = this.#takeInFlight(message.id)
    this.failing = undefined
    this.failureMessage = undefined
    if (this.#pending.length === 0) this.delayedBy = undefined
    this.flushCount++
    this.figures = message.store
    this.committedSeq = sent.lastSeq
    this.flushMicros.record(Math.max(1, Math.round((performance.now() - sent.openedAt) * 1000)))
    this.commitMicros.record(Math.max(1, Math.round(message.commitMs * 1000)))
    this.flushLines.record(Math.max(1, sent.buffer.lines))
    this.#recycle(message.bytes, message.table)
    this.#onCommitted(message, sent.buffer)
    this.notify()
    this.#pump()
    const isDone = (waiter: Waiter): boolean => waiter.id <= message.id
    for (const waiter of this.#takeWaiters(isDone)) waiter.resolve()
  }

  /** Wakes whoever waits for commits. */
  notify(): void {
    for (const listener of this.#listeners) listener(this.committedSeq)
  }

  /** The writer could not store a batch: it and those behind it go again, in order, a little later. */
  failed(message: FailedBatch): void {
    const sent = this.#takeInFlight(message.id)
    const { rows, length, lines, tally } = sent.buffer
    const returned = new PackedBuffer(message.bytes, message.table)
    const buffer = Object.assign(returned, { rows, length, lines, tally })
    // Those behind the first one only say that it failed.
    if (this.#retry.length === 0) {
      this.failing = message.reason
      this.delayedBy = message.reason
      this.failureMessage = message.message
    }
    this.#retry.push({ ...sent, buffer })
    if (this.#inFlight.length > 0) return
    for (const waiter of this.#takeWaiters(() => true)) waiter.reject(this.#unavailable())
    this.#pending = [...this.#retry, ...this.#pending]
    this.#retry = []
    if (this.#isDead) return
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined
      this.#pump()
    }, LIMITS.retryDelayMs)
  }

  /** The writer has ended: nothing more can be stored. */
  died(error: Error): void {
    this.#isDead = true
    this.failing = 'store_error'
    this.delayedBy = 'store_error'
    this.failureMessage = error.message
    for (const waiter of this.#takeWaiters(() => true)) waiter.reject(this.#unavailable())
    this.notify()
  }

  /** Forgets all batches that are not committed and returns them; only when none is in flight. */
  abandon(): readonly ClosedBatch[] {
    clearTimeout(this.#retryTimer)
    const given = [...this.#retry, ...this.#inFlight, ...this.#pending]
    this.#retry = []
    this.#inFlight = []
    this.#pending = []
    return given
  }

  #pump(): void {
    if (this.#isDead || this.#retryTimer || this.#retry.length > 0) return
    while (this.#inFlight.length < LIMITS.buffersInFlightMax) {
      const next = this.#pending.shift()
      if (!next) return
      this.#inFlight.push(next)
      this.#send({
        type: 'batch',
        id: next.id,
        bytes: next.buffer.bytes.buffer as ArrayBuffer,
        table: next.buffer.table.buffer as ArrayBuffer,
        rows: next.buffer.rows,
        keys: next.keys,
        lastSeq: next.lastSeq,
      })
    }
  }

  #takeInFlight(id: number): Sent {
    const sent = this.#inFlight.shift()
    if (sent?.id !== id)
      throw new Error(`Expected the writer to answer batch ${sent?.id}, got ${id}`)
    return sent
  }

  #recycle(bytes: ArrayBuffer, table: ArrayBuffer): void {
    if (this.#pool.length < LIMITS.buffersPooledMax) this.#pool.push(new PackedBuffer(bytes, table))
  }

  #takeWaiters(isDone: (waiter: Waiter) => boolean): Waiter[] {
    const done = this.#waiters.filter(isDone)
    if (done.length > 0) this.#waiters = this.#waiters.filter((waiter) => !isDone(waiter))
    return done
  }

  #unavailable(): LogsError {
    return new LogsError('Unavailable', `The log store cannot be written: ${this.failureMessage}`, {
      hint: 'Look at the disk that holds the data directory; what is queued is tried again',
    })
  }
}
