// The end of a store, in order: no more intake, what is queued is committed, followers see it and end,
// then the threads and the files are released.
import type { RateMeter } from './batch/batcher-stats.js'
import type { LogBatcher } from './batch/log-batcher.js'
import { LIMITS } from './model/limits.js'
import type { Followers } from './read/follow.js'
import type { ReaderClient } from './read/reader-client.js'
import type { WriterClient } from './store/writer-client.js'

export interface OpenParts {
  readonly batcher: LogBatcher
  readonly client: WriterClient
  readonly reader: ReaderClient
  readonly rates: RateMeter
  readonly followers: Followers
}

/** Closes all parts of a store; what a failing store could not take is counted as dropped. */
export async function shutDown({
  batcher,
  client,
  reader,
  rates,
  followers,
}: OpenParts): Promise<void> {
  batcher.close()
  rates.stop()
  try {
    await batcher.queue.drained()
  } catch {
    batcher.abandon(batcher.queue.failing ?? 'store_error')
  }
  await followers.end(LIMITS.followersEndMs, () => batcher.queue.notify())
  await reader.close()
  await client.close()
}
