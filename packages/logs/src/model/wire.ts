// The JSON shape of an entry, the same on every outside surface. Keys without a value are left out.
import { encodeCursor } from './cursor.js'
import type { Entry, Fields, Gap, Repeat } from './entry.js'

/** An entry as JSON; readers ignore keys that they do not know. */
export interface WireEntry {
  readonly seq: number
  readonly n: number
  /** RFC 3339 in UTC with microseconds. */
  readonly ts: string
  readonly source: string
  readonly origin: string
  readonly stream?: string
  readonly level?: string
  readonly run?: number
  readonly text?: string
  /** Base64 of text that is not valid UTF-8. */
  readonly text_b64?: string
  readonly fields?: Fields
  readonly part?: string
  readonly part_seq?: number
  readonly unterminated?: true
  readonly gap?: Omit<Gap, 'from_ts' | 'to_ts'> & {
    readonly from_ts: string
    readonly to_ts: string
  }
  readonly repeat?: Omit<Repeat, 'first_ts' | 'last_ts'> & {
    readonly first_ts: string
    readonly last_ts: string
  }
  readonly context?: true
  readonly parts?: number
  readonly cursor: string
}

/** Returns the JSON shape of `entry`, read from the store `storeId`. */
export function toWire(entry: Entry, storeId: string): WireEntry {
  const { seq, n, source, origin, stream, level, run, gap, repeat } = entry
  return {
    seq,
    n,
    ts: formatTimestamp(entry.ts),
    source,
    origin,
    ...(stream === 'none' ? {} : { stream }),
    ...(level === 'none' ? {} : { level }),
    ...(run === 0 ? {} : { run }),
    ...(entry.bytes === undefined
      ? { text: entry.text ?? '' }
      : { text_b64: Buffer.from(entry.bytes).toString('base64') }),
    ...(entry.fields === undefined ? {} : { fields: entry.fields }),
    ...(entry.part === undefined ? {} : { part: entry.part }),
    ...(entry.part_seq === undefined ? {} : { part_seq: entry.part_seq }),
    ...(entry.unterminated ? { unterminated: true } : {}),
    ...(gap === undefined
      ? {}
      : {
          gap: { ...gap, from_ts: formatTimestamp(gap.from_ts), to_ts: formatTimestamp(gap.to_ts) },
        }),
    ...(repeat === undefined
      ? {}
      : {
          repeat: {
            count: repeat.count,
            first_ts: formatTimestamp(repeat.first_ts),
            last_ts: formatTimestamp(repeat.last_ts),
          },
        }),
    ...(entry.context === undefined ? {} : { context: entry.context }),
    ...(entry.parts === undefined ? {} : { parts: entry.parts }),
    cursor: encodeCursor(storeId, seq),
  }
}

/** Writes microseconds since the epoch as RFC 3339 in UTC with six decimals. */
export function formatTimestamp(ts: number): string {
  const micros = Math.floor(ts)
  const second = Math.floor(micros / 1_000_000)
  if (second !== cachedSecond) {
    cachedSecond = second
    cachedText = new Date(second * 1000).toISOString().slice(0, -4)
  }
  return `${cachedText}${String(micros - second * 1_000_000).padStart(6, '0')}Z`
}

// Neighbouring entries share their second; making a date is most of what a stamp costs.
let cachedSecond = Number.NaN
let cachedText = ''
