// What is asked of one service, one thing after the other, and a record of each.
import PQueue from 'p-queue'
import { messageOf } from './errors.js'

/** Records that are kept: enough to see what went on before trouble, little enough for each service. */
export const OPERATIONS_KEPT = 32

/** What can be asked. `again` is a start by the restart policy. */
export const OPERATION_KINDS = ['start', 'stop', 'restart', 'again', 'delete', 'replace'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

export const OPERATION_STATES = ['waiting', 'running', 'done', 'failed'] as const

/** One operation; times are microseconds since the epoch. */
export interface OperationRecord {
  /** From 1 for each service since hero_proc started. */
  readonly id: number
  readonly kind: OperationKind
  readonly state: (typeof OPERATION_STATES)[number]
  readonly asked_ts: number
  readonly began_ts: number | null
  readonly ended_ts: number | null
  /** Why it failed. */
  readonly error?: string
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** The queue of one service. */
export class Operations {
  readonly #queue = new PQueue({ concurrency: 1 })
  readonly #records: Writable<OperationRecord>[] = []
  #lastId = 0

  /** Does it when everything asked before is done; settles as the work does. */
  async add(kind: OperationKind, work: () => Promise<void>): Promise<void> {
    const record: Writable<OperationRecord> = {
      id: ++this.#lastId,
      kind,
      state: 'waiting',
      asked_ts: now(),
      began_ts: null,
      ended_ts: null,
    }
    this.#records.push(record)
    if (this.#records.length > OPERATIONS_KEPT) this.#records.shift()
    await this.#queue.add(() => perform(record, work))
  }

  /** The newest last. */
  records(): readonly OperationRecord[] {
    return this.#records.map((record) => ({ ...record }))
  }
}

async function perform(
  record: Writable<OperationRecord>,
  work: () => Promise<void>,
): Promise<void> {
  record.state = 'running'
  record.began_ts = now()
  try {
    await work()
    record.state = 'done'
  } catch (error) {
    record.state = 'failed'
    record.error = messageOf(error)
    throw error
  } finally {
    record.ended_ts = now()
  }
}

function now(): number {
  return Date.now() * 1_000
}
