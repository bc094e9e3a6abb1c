// An entry as every surface of hero_proc shows it. Keys without a value are left out; ignore those that
// you do not know.

/** One line or record. */
export interface LogEntry {
  /** One sequence over all sources, never used twice. */
  readonly seq: number
  /** The entry's number within its source, from 1: one that is missing is told by a gap. */
  readonly n: number
  /** RFC 3339 in UTC with microseconds. */
  readonly ts: string
  readonly source: string
  readonly origin: string
  readonly stream?: 'stdout' | 'stderr'
  readonly level?: string
  readonly run?: number
  readonly text?: string
  /** Base64 of text that is not valid UTF-8. */
  readonly text_b64?: string
  readonly fields?: Readonly<Record<string, unknown>>
  readonly part?: 'first' | 'middle' | 'last'
  readonly part_seq?: number
  readonly unterminated?: true
  readonly gap?: LogGap
  /** Resume strictly after this entry. */
  readonly cursor: string
}

/** An entry as a producer gives it: `text` or `text_b64`. */
export interface LogRecord {
  readonly text?: string
  /** Base64 of text that is not valid UTF-8. */
  readonly text_b64?: string
  /** @default found in the text */
  readonly level?: string
  /** RFC 3339, or microseconds since the epoch. @default now */
  readonly ts?: string | number
  readonly stream?: 'stdout' | 'stderr' | 'none'
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Lines of a source that were lost, and why. */
export interface LogGap {
  readonly from_n: number
  readonly to_n: number
  readonly from_seq: number
  readonly to_seq: number
  readonly lines: number
  readonly bytes: number
  readonly from_ts: string
  readonly to_ts: string
  readonly reason: string
}
