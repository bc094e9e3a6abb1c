// The query language: what a reader may ask for. `resolveQuery` (same folder) checks and completes it.
import type { Entry, Level, Origin, Stream } from '../model/entry.js'
import type { FieldFilters } from './fields.js'

/** Which entries to return. All given conditions must hold. */
export interface Query {
  /** Source names; `*` matches any run of characters. All sources when absent, none when empty. */
  readonly sources?: readonly string[]
  readonly origins?: readonly Origin[]
  readonly streams?: readonly Stream[]
  /** Levels; or one word: `error` is that and more severe, `warning..info` a span, `none` no level. */
  readonly levels?: readonly Level[] | string
  /** Run numbers, or `'last'`: each source's newest run. */
  readonly runs?: readonly number[] | 'last'
  /** Microseconds since the epoch, inclusive. */
  readonly since?: number
  /** Microseconds since the epoch, inclusive. Later stamps do not end the search: clocks jump. */
  readonly until?: number
  /** Substring; matched without case unless it holds an upper-case letter (smart case). */
  readonly contains?: string
  /** Regular expression; smart case as `contains`. Back-references and look-around are refused. */
  readonly regex?: string
  /**
   * Fields that must be equal, `{ user: 'x' }`, or conditions, `['status>=500', 'user.name~ann']`, with
   * `=` `!=` `<` `<=` `>` `>=` and `~` (contains). Dots lead into objects. An entry without the field never
   * matches.
   */
  readonly fields?: FieldFilters
  /** Only entries after this cursor, itself excluded. */
  readonly after?: string
  /** Only entries before this cursor, itself excluded. */
  readonly before?: string
  /** @default 'asc' */
  readonly order?: 'asc' | 'desc'
  /** Entries in one answer; with `context` the matching ones. Integer, 1 to 10,000. @default 1_000 */
  readonly limit?: number
  /**
   * Lines of the same source shown before and after each match, marked `context`. Integer, 0 to 1,000.
   * Where two pages meet, such lines may come again.
   * @default 0
   */
  readonly context?: number
  /** Join the parts of long lines: one entry a line, in the place of its first part that matches. @default false */
  readonly join?: boolean
}

/** One page of an answer. */
export interface QueryPage {
  readonly entries: readonly Entry[]
  /** Pass as `after` (asc) or `before` (desc) to go on. Null when the search has reached the end. */
  readonly next_cursor: string | null
  /** Pass as `before` (asc) or `after` (desc) to go back. Null when the page began at the end. */
  readonly prev_cursor: string | null
  readonly scanned_lines: number
  /** False when the work budget was spent before the limit or the end was reached. */
  readonly complete: boolean
  /** What should have been looked at but is damaged; absent when nothing is. */
  readonly damaged?: readonly DamagedBlock[]
}

/** A part of the store that cannot be read. */
export interface DamagedBlock {
  /** Name of the file; all of it when nothing more is said. */
  readonly partition: string
  readonly from_seq?: number
  readonly to_seq?: number
  readonly lines?: number
  /** Absent when lines of several sources are in it. */
  readonly source?: string
}

/** Lines that were there when a cursor was given and are not any more. */
export interface Missed {
  /** How many matching sources lost after the cursor. */
  readonly lost: number
  /** Where what is left begins: nothing more is missed from here. */
  readonly oldest_cursor: string
}

/** What to follow: a query's filters, where to begin, and when to stop. */
export interface FollowOptions extends Omit<
  Query,
  'after' | 'before' | 'order' | 'limit' | 'until' | 'context' | 'join'
> {
  /** Begin with the newest `tail` matching entries, of all or of those after `since` or `from_cursor`. Integer,
   * 0 to 10,000. @default all of those, and none without a begin */
  readonly tail?: number
  /** Begin strictly after this cursor. Not with `since`. */
  readonly from_cursor?: string
  readonly signal?: AbortSignal
}

/** What to count: a query's filters, in so many spans of time. */
export interface HistogramQuery extends Omit<
  Query,
  'after' | 'before' | 'order' | 'limit' | 'context' | 'join'
> {
  /** Integer, 1 to 1,000; between `since` and `until`, or as far as there is something. @default 60 */
  readonly buckets?: number
}
