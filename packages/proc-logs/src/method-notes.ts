// What the document says of each method besides its declaration: what a call does, and one call with its
// answer. A test makes every call on a store that holds what the answers show; figures of the moment
// (times, numbers of the store) are compared by their kind.
import type { MethodNotes } from '@hero/rpc'

const ENTRY = {
  seq: 1,
  n: 1,
  ts: '2026-11-21T10:00:00.000000Z',
  source: 'web',
  origin: 'rpc',
  level: 'warning',
  text: 'slow request',
  fields: { path: '/cups', ms: 1204 },
  cursor: 'AQAAAAAAAAAAAAAAAAAAAQ',
}

const BYTES = { received: 38, sent: 38, stored: 38, queued: 0, dropped: 0 }

const STATS = {
  since: ENTRY.ts,
  totals: {
    received_total: 1,
    sent_total: 1,
    stored_total: 1,
    queued_total: 0,
    dropped_total: 0,
    dropped_by: {},
    redacted_total: 0,
    bytes: BYTES,
  },
  sources: {
    'rpc:web': {
      received: 1,
      sent: 1,
      stored: 1,
      queued: 0,
      dropped: 0,
      dropped_by: {},
      bytes: BYTES,
      rate_1s: 0,
      rate_1m: 0,
      held_ms: 0,
      redacted: 0,
    },
  },
  queue: { bytes: 0, bytes_max: 10_485_760, lines: 0, high_water: 38 },
  flush: { count: 1, p50_ms: 2.1, p99_ms: 2.1, lines_p50: 1 },
  writer: { busy_ratio: 0, commit_p99_ms: 1.4, failing: null },
  store: {
    bytes: 45_328,
    wal_bytes: 41_232,
    partitions: 1,
    oldest_ts: ENTRY.ts,
    removed: { partitions: 0, lines: 0, bytes: 0 },
    oldest_reader_ms: 0,
    reader_restarts: 0,
  },
  followers: [],
}

const SOURCE = {
  source: 'web',
  origins: ['rpc'],
  received: 1,
  sent: 1,
  dropped: 0,
  last_n: 1,
  last_run: 0,
  lines: 1,
  bytes: 39,
  first_seq: 1,
  last_seq: 1,
  levels: ['warning'],
  rate_1m: 0,
  first_ts: ENTRY.ts,
  last_ts: ENTRY.ts,
}

const STORE_LIMITS = { bytes: 4_294_967_296, age_ms: null }

/** By method. */
export const METHOD_NOTES: Readonly<Record<string, MethodNotes>> = {
  'logs.insert': {
    effect: 'appends',
    example: {
      params: {
        source: 'app',
        entries: [
          { text: 'ready', level: 'info' },
          { text: 'cup 7 broke', fields: { cup: 7 } },
        ],
        ack: 'commit',
      },
      result: { accepted: 2, dropped: 0, first_seq: 2, last_seq: 3 },
    },
  },
  'logs.query': {
    example: {
      params: { sources: ['web'], levels: ['warning', 'error'], contains: 'slow', limit: 100 },
      result: {
        entries: [ENTRY],
        next_cursor: null,
        prev_cursor: null,
        scanned_lines: 1,
        complete: true,
      },
    },
  },
  'logs.seek': {
    example: { params: { seq: 2 }, result: { cursor: ENTRY.cursor } },
  },
  'logs.tail': {
    example: {
      params: { source: 'web', lines: 10 },
      result: { entries: [ENTRY], cursor: ENTRY.cursor, complete: true },
    },
  },
  logs_tail: {
    example: {
      params: { source: 'web', lines: 10 },
      result: { entries: [ENTRY], cursor: ENTRY.cursor, complete: true },
    },
  },
  'service.logs': {
    example: {
      params: { name: 'web', lines: 10 },
      result: { entries: [ENTRY], cursor: ENTRY.cursor },
    },
  },
  'logs.follow': {
    example: {
      params: { sources: ['web'], tail: 10 },
      result: { subscription: '1', cursor: ENTRY.cursor },
    },
  },
  'logs.unfollow': {
    example: { params: { subscription: '1' }, result: { ended: true } },
  },
  'logs.sources': {
    example: { params: { match: ['web'] }, result: { sources: [SOURCE] } },
  },
  'logs.histogram': {
    example: {
      params: { sources: ['web'], buckets: 2 },
      result: {
        bucket_us: 30_000_000,
        buckets: [
          { ts: ENTRY.ts, total: 1, levels: { warning: 1 } },
          { ts: '2026-11-21T10:00:30.000000Z', total: 1, levels: { info: 1 } },
        ],
        scanned_lines: 2,
      },
    },
  },
  'logs.clear': {
    effect: 'changes',
    example: { params: { source: 'web' }, result: { lines: 1, bytes: 39 } },
  },
  'logs.retention.get': {
    example: { params: {}, result: { store: STORE_LIMITS, sources: {} } },
  },
  'logs.retention.set': {
    effect: 'changes',
    example: {
      params: { source: 'web', lines: 1_000_000 },
      result: {
        store: STORE_LIMITS,
        sources: { web: { lines: 1_000_000, bytes: null, age_ms: null } },
      },
    },
  },
  'logs.vacuum': {
    effect: 'changes',
    example: {
      params: { bytes: 1_073_741_824 },
      result: { partitions: 0, lines: 0, bytes: 0 },
    },
  },
  'logs.verify': {
    example: { params: {}, result: { partitions: 1, blocks: 1, lines: 1, damage: [] } },
  },
  'logs.sync': { example: { params: {}, result: {} } },
  'log_batcher.stats': { example: { params: {}, result: STATS } },
  'log_batcher.configure': {
    effect: 'changes',
    example: {
      params: { source: 'web', rate_limit: { lines_per_second: 1000, burst: 5000 } },
      result: {
        overflow: 'hold',
        rate_limit: { lines_per_second: 1000, burst: 5000 },
        coalesce: false,
        redact: false,
      },
    },
  },
  log: {
    effect: 'appends',
    example: {
      params: { id: 'app', level: 'info', msg: 'ready' },
      result: { ok: true, seq: 2 },
    },
  },
  load: {
    example: {
      params: { id: 'web', limit: 10 },
      result: {
        id: 'web',
        offset: 0,
        entries: [
          {
            id: 'web',
            level: 'warning',
            msg: 'slow request',
            ts: ENTRY.ts,
            cursor: ENTRY.cursor,
          },
        ],
        next_offset: null,
      },
    },
  },
  clear: {
    effect: 'changes',
    example: { params: { id: 'web' }, result: { id: 'web', cleared: 1 } },
  },
  list_sources: { example: { params: {}, result: { sources: ['hero_proc', 'web'] } } },
}
