// The slow control work of an open store: what is kept, what is removed, and whether all of it is whole.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LogBatcher } from './batch/log-batcher.js'
import { fromPlainError } from './model/errors.js'
import { checkSourceName } from './model/source-name.js'
import type { Logs } from './open-logs.js'
import { resolveKeepLimits } from './store/keep-limits.js'
import type { Removal } from './store/remove-partition.js'
import type { RetentionLimits } from './store/store-writer.js'
import type { FromVerifier } from './store/verify-worker.js'
import type { VerifyReport } from './store/verify.js'
import type { WriterClient } from './store/writer-client.js'

type Upkeep = Pick<Logs, 'clear' | 'retention' | 'setRetention' | 'vacuum' | 'verify'>

/** Returns the part of {@link Logs} that keeps the store in order. */
export function upkeep(dir: string, batcher: LogBatcher, client: WriterClient): Upkeep {
  return {
    clear: async (source) => {
      checkSourceName(source)
      // Lines that are written from here on stay, whatever the writer is busy with.
      const synced = batcher.sync()
      const seq = batcher.lastSeq
      await synced
      const cleared = await client.request({ type: 'clear', source, seq })
      return cleared as { lines: number; bytes: number }
    },
    retention: async () => (await client.request({ type: 'get_limits' })) as RetentionLimits,
    setRetention: async (source, limits) => {
      if (source !== null) checkSourceName(source)
      const resolved = resolveKeepLimits(limits)
      await client.request({ type: 'set_limits', source: source ?? '', limits: resolved })
    },
    vacuum: async (limits) => {
      const { bytes, ageMs } = resolveKeepLimits(limits)
      await batcher.sync()
      return (await client.request({ type: 'vacuum', bytes, ageMs })) as Removal
    },
    verify: () => verifyInThread(dir),
  }
}

async function verifyInThread(dir: string): Promise<VerifyReport> {
  const worker = new Worker(new URL('./store/verify-worker.js', import.meta.url), {
    workerData: { dir },
  })
  const [answer] = (await once(worker, 'message')) as [FromVerifier]
  if ('error' in answer) throw fromPlainError(answer.error)
  return answer.report
}
