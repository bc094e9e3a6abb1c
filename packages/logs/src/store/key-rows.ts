// The accounts of a key as a row of a partition.
import type { KeySnapshot } from '../batch/batch-message.js'
import { ORIGINS } from '../model/entry.js'

/** A key's accounts with what only the store knows of them. */
export interface StoredKey extends KeySnapshot {
  readonly sourceId: number
  readonly lastSeq: number
}

/** A row of `keys`. */
export interface KeyRow {
  readonly key_id: number
  readonly source_id: number
  readonly source: string
  readonly origin: number
  readonly received_lines: number
  readonly received_bytes: number
  readonly dropped_lines: number
  readonly dropped_bytes: number
  readonly dropped_by: string
  readonly last_n: number
  readonly last_run: number
  readonly last_seq: number
}

export const REPLACE_KEY = `
REPLACE INTO keys (key_id, source_id, source, origin, received_lines, received_bytes, dropped_lines,
  dropped_bytes, dropped_by, last_n, last_run, last_seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
export const SELECT_KEYS = 'SELECT * FROM keys ORDER BY key_id'

/** Values for {@link REPLACE_KEY}. */
export function keyColumns(key: StoredKey): (string | number)[] {
  return [
    key.keyId,
    key.sourceId,
    key.source,
    ORIGINS.indexOf(key.origin),
    key.received.lines,
    key.received.bytes,
    key.dropped.lines,
    key.dropped.bytes,
    JSON.stringify(key.droppedBy),
    key.lastN,
    key.lastRun,
    key.lastSeq,
  ]
}

export function storedKey(row: KeyRow): StoredKey {
  return {
    keyId: row.key_id,
    sourceId: row.source_id,
    source: row.source,
    origin: ORIGINS[row.origin]!,
    received: { lines: row.received_lines, bytes: row.received_bytes },
    dropped: { lines: row.dropped_lines, bytes: row.dropped_bytes },
    droppedBy: JSON.parse(row.dropped_by) as KeySnapshot['droppedBy'],
    lastN: row.last_n,
    lastRun: row.last_run,
    lastSeq: row.last_seq,
  }
}
