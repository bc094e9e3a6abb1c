// The tables of a partition and of the catalog. A partition is complete in itself: it can be read when
// everything else is lost.

/** Raised when tables change; `migrations.ts` leads from one to the next. */
export const SCHEMA_VERSION = 2

/** `catalog.db`: what outlives every partition. */
export const CATALOG_SCHEMA = `
CREATE TABLE meta (
  name  TEXT PRIMARY KEY, -- store_id, schema_version, newest: first seq of the newest partition
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE retention (              -- limits of a source; of the store where source is ''
  source TEXT PRIMARY KEY,
  lines  INTEGER,                     -- null: no limit
  bytes  INTEGER,
  age_ms INTEGER
) WITHOUT ROWID;
CREATE TABLE floors (                 -- as the newest partition has them, should that be damaged
  source TEXT PRIMARY KEY,
  seq    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE tombstones (             -- what was removed with a partition, by source
  partition INTEGER NOT NULL,         -- first seq of the partition; 0, -1: sums of the oldest ones
  source    TEXT NOT NULL,
  lines     INTEGER NOT NULL,
  bytes     INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq  INTEGER NOT NULL,
  ts_min    INTEGER NOT NULL,         -- microseconds since the epoch
  ts_max    INTEGER NOT NULL,
  removed_ts INTEGER NOT NULL,
  hidden    INTEGER NOT NULL,         -- 1: went because all of the partition was hidden, not for its age
  runs      BLOB,                     -- which seqs these were, see seq-runs.ts; null: no longer known
  PRIMARY KEY (partition, source)
) WITHOUT ROWID`

/** What `chain_end.owner` holds. */
export function ownerOf(storeId: string, firstSeq: number): string {
  return `${storeId}/${firstSeq}`
}

/** `p-<first seq>.db`. */
export const PARTITION_SCHEMA = `
CREATE TABLE meta (
  name  TEXT PRIMARY KEY, -- store_id, schema_version, first_seq, created_ts, open
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
CREATE TABLE floors (                -- lines of a source up to here are hidden
  source_id INTEGER PRIMARY KEY,
  seq       INTEGER NOT NULL
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
  crc         INTEGER NOT NULL,      -- see block-meta.ts
  prev_crc    INTEGER NOT NULL
);
CREATE INDEX blocks_by_last_seq ON blocks (last_seq);
CREATE TABLE chain_end (             -- one row: a block missing at the end is missed as well
  crc    INTEGER NOT NULL,           -- of the block with the highest first seq, 0 without one
  blocks INTEGER NOT NULL,
  owner  TEXT NOT NULL               -- store_id/first_seq, here again: every batch writes this page, so
);                                   -- that the WAL of another file is known by it
CREATE TABLE signatures (            -- apart, so that a search reads nothing else; see signature.ts
  first_seq INTEGER PRIMARY KEY,     -- of blocks; no row: any text may be inside
  bits      BLOB NOT NULL
);
CREATE TABLE block_data (
  first_seq INTEGER PRIMARY KEY,     -- of blocks
  data      BLOB NOT NULL            -- see block-codec.ts
)`
