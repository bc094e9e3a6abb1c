// What comes to the batcher's door: whole lines of one read, or one record.

/** Text to be numbered, counted and queued: whole lines of one read, or one record. */
export interface Intake {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly lines: number
  /** Stream and part bits and {@link FLAG}s of the region table. */
  readonly flags: number
  readonly run: number
  readonly ts: number
  /** True if the text has no line end of its own. */
  readonly addLineEnd: boolean
  /** The seq that the parts of this line share: of the first part, or 0 if this is the first. */
  readonly partSeq: number
  /** Level number, or -1 to have it found in the text. */
  readonly level: number
  readonly fields?: Uint8Array
}
