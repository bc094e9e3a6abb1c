// The protocol between the batcher (supervisor's thread) and the writer (its worker).
//
//   main                                writer
//     | -- batch 7 (buffers move) ------> |  one transaction
//     | <-- committed 7 (buffers back) -- |
//     | -- batch 8 ---------------------> |  the disk fails
//     | <-- failed 8 (buffers back) ----- |  refuses 9 as well, until 8 comes again: order is kept
//
// A message is plain data; the two ArrayBuffers of a batch are transferred, never copied.
import type { DropReason, Origin } from '../model/entry.js'
import type { PlainError } from '../model/errors.js'
import type { Tally } from './counters.js'

/** A key's accounts as they are persisted with a batch. */
export interface KeySnapshot {
  readonly keyId: number
  readonly source: string
  readonly origin: Origin
  readonly received: Tally
  readonly dropped: Tally
  readonly droppedBy: readonly (readonly [DropReason, Tally])[]
  /** The source's newest line number and run, over all its origins. */
  readonly lastN: number
  readonly lastRun: number
}

export interface BatchMessage {
  readonly type: 'batch'
  readonly id: number
  readonly bytes: ArrayBuffer
  readonly table: ArrayBuffer
  readonly rows: number
  /** Accounts of every key that changed since the batch before. */
  readonly keys: readonly KeySnapshot[]
  /** The highest seq given out when the batch was closed; dropped lines use numbers too. */
  readonly lastSeq: number
}

/** Requests of the main thread that are not batches; answered by a `reply` with the same id. */
export type WriterRequest =
  | { readonly type: 'close' }
  | { readonly type: 'compact' }
  | { readonly type: 'clear'; readonly source: string; readonly seq: number }
  | { readonly type: 'vacuum'; readonly bytes: number | null; readonly ageMs: number | null }
  | { readonly type: 'get_limits' }
  | { readonly type: 'set_limits'; readonly source: string; readonly limits: object }

export type ToWriter =
  | BatchMessage
  | { readonly type: 'request'; readonly id: number; readonly request: WriterRequest }

export type FromWriter =
  | { readonly type: 'ready'; readonly state: RestoredState }
  | { readonly type: 'open_failed'; readonly error: PlainError }
  | {
      readonly type: 'committed'
      readonly id: number
      readonly bytes: ArrayBuffer
      readonly table: ArrayBuffer
      readonly stored: readonly (readonly [keyId: number, lines: number, bytes: number])[]
      readonly commitMs: number
      readonly store: StoreFigures
    }
  | {
      readonly type: 'failed'
      readonly id: number
      readonly bytes: ArrayBuffer
      readonly table: ArrayBuffer
      readonly reason: 'disk_full' | 'store_error'
      readonly message: string
    }
  | {
      readonly type: 'reply'
      readonly id: number
      readonly result?: unknown
      readonly error?: PlainError
    }

/** What the writer knows of its files. */
export interface StoreFigures {
  readonly bytes: number
  readonly wal_bytes: number
  readonly partitions: number
  readonly oldest_ts: number | null
  /** Share of time in which the writer worked, 0 to 1, over the last second or so. */
  readonly busy_ratio: number
  /** What retention removed since the store was opened. */
  readonly removed: { readonly partitions: number; readonly lines: number; readonly bytes: number }
}

/** What a store remembers from before. */
export interface RestoredState {
  readonly storeId: string
  readonly nextSeq: number
  readonly keys: readonly KeySnapshot[]
  readonly figures: StoreFigures
  /** Partitions that could not be opened and were set aside. */
  readonly quarantined: readonly string[]
  /** True if the last process that wrote was cut off: what it had not committed is lost. */
  readonly wasCutOff: boolean
}
