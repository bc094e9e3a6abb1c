// The tables of a partition and of the catalog. A partition is complete in itself: it can be read when
// everything else is lost.

/** Raised when tables change; `migrations` (when there are any) lead from one to the next. */
export const SCHEMA_VERSION = 1

/** `catalog.db`: what outlives every partition. */
export const CATALOG_SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (
  name  TEXT PRIMARY KEY, -- store_id, schema_version
  value TEXT NOT NULL
) WITHOUT ROWID`

/** `p-<first seq>.db`. */
export const PARTITION_SCHEMA = `
CREATE TABLE meta (
  name  TEXT PRIMARY KEY, -- store_id, schema_version, created_ts, open
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE keys (                  -- the accounts of every key, as of the newest batch
  key_id         INTEGER PRIMARY KEY,
  source_id      INTEGER NOT NULL,   -- one number a source name, over all its origins
  source         TEXT NOT NULL,
  origin         INTEGER NOT NULL,   -- index into ORIGINS
  received_lines INTEGER NOT NULL,
  received_bytes INTEGER NOT NULL,
  dropped_lines  INTEGER NOT NULL,
  dropped_bytes  INTEGER NOT NULL,
  dropped_by     TEXT NOT NULL,      -- JSON: [[reason, {lines, bytes}], ...]
  last_n         INTEGER NOT NULL,   -- of the source
  last_run       INTEGER NOT NULL,   -- of the source
  last_seq       INTEGER NOT NULL    -- highest seq given out when this row was written
);
CREATE TABLE blocks (
  first_seq   INTEGER PRIMARY KEY,
  last_seq    INTEGER NOT NULL,
  source_id   INTEGER,               -- null: staged, lines of several sources
  lines       INTEGER NOT NULL,
  raw_bytes   INTEGER NOT NULL,      -- text and fields before packing
  ts_min      INTEGER NOT NULL,      -- microseconds since the epoch
  ts_max      INTEGER NOT NULL,
  level_mask  INTEGER NOT NULL,      -- bit per level number
  stream_mask INTEGER NOT NULL,      -- bit per stream number
  crc         INTEGER NOT NULL       -- CRC-32 of the data
);
CREATE INDEX blocks_by_last_seq ON blocks (last_seq);
CREATE TABLE block_data (
  first_seq INTEGER PRIMARY KEY,     -- of blocks
  signature BLOB,                    -- null: not computed, any text may be inside
  data      BLOB NOT NULL            -- see block-codec.ts
)`
