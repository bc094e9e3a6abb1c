// A block as it goes to disk: encoded, signed and summed, before a transaction begins.
import { LIMITS } from '../model/limits.js'
import { encodeBlock, encodeBlockAside } from './block-codec.js'
import { blockCrc, describeBlock } from './block-meta.js'
import type { BlockMeta } from './block-meta.js'
import type { BlockRows } from './block-rows.js'
import { buildSignature } from './signature.js'

export interface PreparedBlock {
  readonly meta: BlockMeta
  readonly crc: number
  /** Null: not signed, any text may be inside. */
  readonly signature: Buffer | null
  readonly data: Buffer
}

/**
 * Prepares the rows of one block; `sourceId` null makes it a staged one, which is neither signed nor, if
 * it is small, packed: it is soon regrouped.
 */
export function prepareBlock(rows: BlockRows, sourceId: number | null): PreparedBlock {
  const meta = describeBlock(rows, sourceId)
  const isSealed = sourceId !== null
  const signature = isSealed ? buildSignature(rows.text, rows.textLength) : null
  const pack = isSealed || rows.textLength > LIMITS.stagedPackBytesMin
  const data = encodeBlock(rows, { pack, lengths: !isSealed })
  return { meta, crc: blockCrc(meta, signature, data), signature, data }
}

/**
 * As {@link prepareBlock} for a sealed one, packed by another thread: the rows can be used again at once but
 * for their text, which must stay as it is until the promise is settled.
 */
export async function prepareBlockAside(rows: BlockRows, sourceId: number): Promise<PreparedBlock> {
  const meta = describeBlock(rows, sourceId)
  const packing = encodeBlockAside(rows, { lengths: false })
  const signature = buildSignature(rows.text, rows.textLength)
  const data = await packing
  return { meta, crc: blockCrc(meta, signature, data), signature, data }
}
