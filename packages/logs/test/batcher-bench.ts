// A batcher for tests, with a writer that answers when the test says so.
import type { BatchMessage, KeySnapshot } from '../src/batch/batch-message.js'
import { batcherStats, RateMeter } from '../src/batch/batcher-stats.js'
import { LogBatcher } from '../src/batch/log-batcher.js'
import { regionBytes, ROW, ROW_WIDTH } from '../src/batch/packed-buffer.js'
import { Sink } from '../src/batch/sink.js'
import { expectConservation } from './support.js'

export const MIB = 1_048_576

const FIGURES = {
  bytes: 0,
  wal_bytes: 0,
  partitions: 1,
  oldest_ts: null,
  busy_ratio: 0,
  removed: { partitions: 0, lines: 0, bytes: 0 },
}

/** A batcher whose batches wait in `sent` until the test answers them. */
export interface BatcherBench {
  readonly batcher: LogBatcher
  readonly sent: BatchMessage[]
  readonly commit: () => void
  readonly fail: () => void
  /** Checks the law. */
  readonly check: () => void
  /** Every counter, as text: the same steps give the same text. */
  readonly trace: () => string
  readonly stop: () => void
  readonly sink: (source: string, more?: object) => Sink
  /** What a store would remember now: the accounts of the committed batches, nothing later. */
  readonly remembered: () => Memory
}

export interface Memory {
  readonly nextSeq: number
  readonly keys: readonly KeySnapshot[]
}

export function createBench(
  queueBytesMax: number = MIB,
  clock: () => number = () => 0,
  memory: Memory = { nextSeq: 1, keys: [] },
): BatcherBench {
  const keys = new Map(memory.keys.map((key) => [key.keyId, key]))
  let { nextSeq } = memory
  const sent: BatchMessage[] = []
  const batcher = new LogBatcher(
    {
      queueBytesMax,
      flushDelayMs: 50,
      holdMs: 100,
      clock,
      send: (message) =>
        sent.push(structuredClone(message, { transfer: [message.bytes, message.table] })),
    },
    { storeId: '', figures: FIGURES, quarantined: [], wasCutOff: false, ...memory },
  )
  const rates = new RateMeter(batcher)
  return {
    batcher,
    sent,
    commit: () => {
      const message = sent.shift()
      if (!message) return
      for (const key of message.keys) keys.set(key.keyId, key)
      nextSeq = message.lastSeq + 1
      batcher.queue.committed({
        ...message,
        type: 'committed',
        stored: tally(message),
        commitMs: 1,
        store: FIGURES,
      } as never)
    },
    fail: () => {
      for (const message of sent.splice(0)) {
        batcher.queue.failed({
          ...message,
          type: 'failed',
          reason: 'disk_full',
          message: 'full',
        } as never)
      }
    },
    check: () => expectConservation(batcherStats(batcher, rates)),
    trace: () => {
      const { totals, sources, queue } = batcherStats(batcher, rates)
      const counts = Object.entries(sources).map(([name, { held_ms: _, ...key }]) => [name, key])
      return JSON.stringify({ totals, counts, queue })
    },
    stop: () => rates.stop(),
    remembered: () => ({ nextSeq, keys: [...keys.values()] }),
    sink: (source, more = {}) => new Sink(batcher, clock, { source, origin: 'pipe', ...more }),
  }
}

function tally({ table, rows }: BatchMessage): [number, number, number][] {
  const view = new Float64Array(table)
  return Array.from({ length: rows }, (_, i) => {
    const row = i * ROW_WIDTH
    return [view[row + ROW.key]!, view[row + ROW.lines]!, regionBytes(view, row)]
  })
}
