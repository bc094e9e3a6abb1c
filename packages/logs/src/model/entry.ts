// What travels through the house: entries as readers see them, and regions of lines as capture hands
// them over. Types and closed sets only; every other folder builds on these words.

/** How an entry came in. */
export const ORIGINS = ['pty', 'pipe', 'tee', 'rpc', 'ws', 'file', 'sysmon', 'system'] as const
export type Origin = (typeof ORIGINS)[number]

/** The output stream of a process that a line was written to; `none` for everything else. */
export const STREAMS = ['none', 'stdout', 'stderr'] as const
export type Stream = (typeof STREAMS)[number]

/** Position of a piece of a line that was too long, or was not finished in time. */
export const PARTS = ['none', 'first', 'middle', 'last'] as const
export type Part = (typeof PARTS)[number]

/** JSON values, as fields of an entry hold them. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }
export type Fields = { readonly [key: string]: Json }

/** Why lines were not stored; one closed set for counters, gap entries, RPC and the page. */
export const DROP_REASONS = [
  'queue_full',
  'rate_limited',
  'disk_full',
  'store_error',
  'too_large',
  'closed',
] as const
export type DropReason = (typeof DROP_REASONS)[number]

/** A loss: which numbers of a source are missing, and why. */
export interface Gap {
  readonly from_n: number
  readonly to_n: number
  readonly from_seq: number
  readonly to_seq: number
  readonly lines: number
  readonly bytes: number
  /** Microseconds since the epoch. */
  readonly from_ts: number
  readonly to_ts: number
  /** `removed`: these lines were stored, and went before a follower came to them. */
  readonly reason: DropReason | 'removed'
}

/** Identical lines that came one after the other, told by one entry. */
export interface Repeat {
  /** Lines that the entry stands for; their numbers are `n` to `n + count - 1`. */
  readonly count: number
  /** Microseconds since the epoch. */
  readonly first_ts: number
  readonly last_ts: number
}

/** One line or record, as the library returns it. */
export interface Entry {
  /** Integer below 2^53; one sequence over all sources, never used twice. */
  readonly seq: number
  /** The entry's number within its source, from 1. */
  readonly n: number
  /** Microseconds since the epoch. */
  readonly ts: number
  readonly source: string
  readonly origin: Origin
  readonly stream: Stream
  readonly level: Level
  /** The run (one life of a service) it belongs to; 0 when there is none. */
  readonly run: number
  /** The text, without its line end, when it is valid UTF-8. */
  readonly text?: string
  /** The bytes, without the line end, when they are not valid UTF-8. */
  readonly bytes?: Uint8Array
  readonly fields?: Fields
  readonly part?: Exclude<Part, 'none'>
  /** The seq of the line's first part, shared by all its parts. */
  readonly part_seq?: number
  /** True when no line end followed (the last output before an end of file). */
  readonly unterminated?: true
  readonly gap?: Gap
  readonly repeat?: Repeat
  /** True for a line that does not match itself but stands near one that does; see `Query.context`. */
  readonly context?: true
  /** How many parts were joined to this line; see `Query.join`. */
  readonly parts?: number
}

export type { Level } from './level.js'
import type { Level } from './level.js'

/**
 * Lines as capture hands them over: one timestamp, one stream, bytes end to end.
 *
 * Either `lines` whole lines, each ended by `\n` (`part` is `none`, `terminated` is true), or exactly one
 * piece: a part of a long line, or an unfinished last line (`terminated` false: no `\n` in the region).
 * The bytes are only valid during the call that receives the region.
 */
export interface LineRegion {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly lines: number
  readonly stream: Stream
  /** Microseconds since the epoch, taken when the bytes were read. */
  readonly ts: number
  readonly part: Part
  readonly terminated: boolean
}
