// A plain table for any SQL tool: one row an entry, no blocks, no WAL, one file.
import { chmodSync, rmSync } from 'node:fs'
import { openWritable } from '../store/database.js'
import type { WireEntry } from '../model/wire.js'

const SCHEMA = `
CREATE TABLE logs (
  seq INTEGER PRIMARY KEY,      -- one sequence over all sources
  n INTEGER NOT NULL,           -- number within the source
  ts TEXT NOT NULL,             -- RFC 3339, UTC, microseconds
  source TEXT NOT NULL,
  origin TEXT NOT NULL,
  stream TEXT,                  -- stdout or stderr
  level TEXT,
  run INTEGER,
  text TEXT,                    -- null where the line is not valid UTF-8
  bytes BLOB,                   -- the line, where it is not
  fields TEXT,                  -- JSON
  part TEXT,                    -- first, middle or last
  part_seq INTEGER,             -- seq of the line's first part
  gap TEXT,                     -- JSON: which lines are missing
  repeat TEXT                   -- JSON: how many identical lines this one stands for
) STRICT;
CREATE INDEX logs_by_source ON logs (source, seq);
CREATE INDEX logs_by_ts ON logs (ts);`

const INSERT = `
INSERT INTO logs (seq, n, ts, source, origin, stream, level, run, text, bytes, fields, part, part_seq, gap, repeat)
VALUES (@seq, @n, @ts, @source, @origin, @stream, @level, @run, @text, @bytes, @fields, @part, @part_seq, @gap, @repeat)`

export interface ExportTable {
  /** Adds entries in one transaction. */
  add(entries: readonly WireEntry[]): void
  close(): void
}

/**
 * Creates an SQLite file with the table `logs(seq, n, ts, source, ..., text, ...)`, replacing a file of that
 * name.
 *
 * @throws {LogsError} `PermissionDenied` or `Unavailable`.
 */
export function createExportTable(path: string): ExportTable {
  rmSync(path, { force: true })
  const db = openWritable(path, 'interval')
  chmodSync(path, 0o600)
  // One file is all there is, at any time.
  db.pragma('journal_mode = MEMORY')
  db.exec(SCHEMA)
  const insert = db.prepare(INSERT)
  const addAll = db.transaction((entries: readonly WireEntry[]) => {
    for (const entry of entries) insert.run(rowOf(entry))
  })
  return {
    add: (entries) => addAll(entries),
    close: () => {
      db.close()
    },
  }
}

function rowOf(entry: WireEntry): Record<string, unknown> {
  const { seq, n, ts, source, origin, stream, level, run, text, text_b64, part, part_seq } = entry
  return {
    seq,
    n,
    ts,
    source,
    origin,
    stream: stream ?? null,
    level: level ?? null,
    run: run ?? null,
    text: text ?? null,
    part: part ?? null,
    part_seq: part_seq ?? null,
    bytes: text_b64 === undefined ? null : Buffer.from(text_b64, 'base64'),
    fields: json(entry.fields),
    gap: json(entry.gap),
    repeat: json(entry.repeat),
  }
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
