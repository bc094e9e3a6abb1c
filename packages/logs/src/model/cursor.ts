// The cursor: an opaque, versioned name for one place in one store's sequence. It holds the store's
// identity and a seq, nothing of a filter or a file, so that it is valid under any filter and transport.
import { LogsError } from './errors.js'

const VERSION = 1
// Version byte, 8 bytes of the store id, 7 bytes of seq (below 2^53).
const BYTES = 16

// Every entry that leaves the house has a cursor: one buffer serves them all.
const scratch = Buffer.alloc(BYTES)
let scratchStoreId: string | undefined

/** Returns the cursor of `seq` in the store `storeId` (UUID). */
export function encodeCursor(storeId: string, seq: number): string {
  if (storeId !== scratchStoreId) {
    scratchStoreId = storeId
    scratch[0] = VERSION
    storeTag(storeId).copy(scratch, 1)
  }
  scratch.writeUIntBE(Math.floor(seq / 2 ** 32), 9, 3)
  scratch.writeUInt32BE(seq % 2 ** 32, 12)
  return scratch.toString('base64url')
}

/**
 * Returns the seq that a cursor names.
 *
 * @throws {LogsError} `InvalidCursor` if it is malformed, of another version, or of another store.
 */
export function decodeCursor(storeId: string, cursor: string): number {
  const bytes = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0)
  if (bytes.length !== BYTES || bytes.toString('base64url') !== cursor) {
    throw new LogsError('InvalidCursor', 'Expected a cursor as an earlier answer gave it')
  }
  if (bytes[0] !== VERSION) {
    throw new LogsError('InvalidCursor', `Expected a cursor of version ${VERSION}, got ${bytes[0]}`)
  }
  if (!storeTag(storeId).equals(bytes.subarray(1, 9))) {
    throw new LogsError('InvalidCursor', 'The cursor belongs to another store', {
      hint: 'Begin again without a cursor: the log database was replaced',
    })
  }
  const seq = bytes.readUIntBE(9, 3) * 2 ** 32 + bytes.readUInt32BE(12)
  if (Number.isSafeInteger(seq)) return seq
  throw new LogsError('InvalidCursor', 'Expected a cursor as an earlier answer gave it')
}

function storeTag(storeId: string): Buffer {
  return Buffer.from(storeId.replaceAll('-', '').slice(0, 16), 'hex')
}
