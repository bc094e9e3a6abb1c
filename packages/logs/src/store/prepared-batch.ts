// A batch on its way to disk: its blocks are made before its turn comes to be committed.
import type { BatchMessage } from '../batch/batch-message.js'
import { batchBlocks } from './batch-blocks.js'
import type { StoredKey } from './key-rows.js'
import type { PreparedBlock } from './prepared-block.js'
import type { StoreAccounts } from './store-accounts.js'

export interface PreparedBatch {
  readonly batch: BatchMessage
  readonly table: Float64Array
  readonly keys: readonly StoredKey[]
  readonly blocks: readonly PreparedBlock[]
}

/**
 * Makes the blocks of a batch. Other threads pack them until the promise is settled; meanwhile the next batch
 * can be prepared.
 */
export async function prepareBatch(
  batch: BatchMessage,
  accounts: StoreAccounts,
): Promise<PreparedBatch> {
  const table = new Float64Array(batch.table)
  const keys = accounts.stored(batch)
  const bytes = Buffer.from(batch.bytes)
  const blocks = await batchBlocks(bytes, table, batch.rows, (keyId) => accounts.target(keyId))
  return { batch, table, keys, blocks }
}
