// Folds identical consecutive lines of one stream into one entry that says how often, first and last:
// the first line passes as it is, its repeats wait here until another line comes, a second has passed,
// or the run ends. Nothing is lost by it: the entry stands for `count` lines with numbers of their own.
//
// Lines that wait here have not come to the door yet, like the unfinished line in a reader: they are
// counted as received when their entry is made.
import { LIMITS } from '../model/limits.js'
import type { Intake } from './intake.js'
import { FLAG } from './packed-buffer.js'

/** Bits of the flags that say which stream a line belongs to. */
const STREAM_BITS = 3

export class Coalescer {
  #line: Buffer = Buffer.alloc(0)
  #hasLine = false
  #origin: Pick<Intake, 'flags' | 'run'> = { flags: 0, run: 0 }
  #count = 0
  #firstTs = 0
  #lastTs = 0

  /** True while repeats wait. */
  get waits(): boolean {
    return this.#count > 0
  }

  /** Returns what of an intake goes on now, in order, with repeats that it ended in front. */
  *fold(intake: Intake): Iterable<Intake> {
    const isWholeLines = !intake.addLineEnd && (intake.flags & ~STREAM_BITS) === 0
    if (!isWholeLines || intake.run !== this.#origin.run || intake.flags !== this.#origin.flags) {
      yield* this.take()
      this.#hasLine = false
      this.#origin = { flags: intake.flags, run: intake.run }
    }
    if (isWholeLines) yield* this.#foldLines(intake)
    else yield intake
  }

  /** Returns the entry for the repeats that wait, if any do. */
  *take(): Iterable<Intake> {
    if (this.#count === 0) return
    const repeat = { count: this.#count, first_ts: this.#firstTs, last_ts: this.#lastTs }
    this.#count = 0
    yield {
      ...this.#origin,
      bytes: this.#line,
      start: 0,
      end: this.#line.length,
      lines: repeat.count,
      flags: this.#origin.flags | FLAG.record | FLAG.repeat,
      ts: repeat.last_ts,
      addLineEnd: true,
      partSeq: 0,
      level: -1,
      fields: Buffer.from(JSON.stringify(repeat)),
    }
  }

  *#foldLines(intake: Intake): Iterable<Intake> {
    const bytes = Buffer.from(intake.bytes.buffer, intake.bytes.byteOffset, intake.bytes.byteLength)
    // The line before is compared where it lies: in the intake, or kept from the one before.
    let line = this.#hasLine ? this.#line : undefined
    let from = intake.start
    let lines = 0
    for (let at = intake.start; at < intake.end;) {
      const next = bytes.indexOf(10, at) + 1
      const current = bytes.subarray(at, next - 1)
      if (line?.equals(current)) {
        if (lines > 0) yield { ...intake, start: from, end: at, lines }
        lines = 0
        from = next
        this.#keep(line)
        line = this.#line
        this.#repeat(intake.ts)
        if (this.#isFull()) yield* this.take()
      } else {
        if (this.#count > 0) yield* this.take()
        line = current
        lines++
      }
      at = next
    }
    if (lines > 0) yield { ...intake, start: from, lines }
    if (line !== undefined) this.#keep(line)
  }

  #keep(line: Buffer): void {
    if (line !== this.#line) this.#line = Buffer.from(line)
    this.#hasLine = true
  }

  // Readers expand an entry again: what it stands for stays small enough for one answer.
  #isFull(): boolean {
    return this.#count * (this.#line.length + 1) >= LIMITS.repeatBytesMax
  }

  #repeat(ts: number): void {
    if (this.#count === 0) this.#firstTs = ts
    this.#lastTs = ts
    this.#count++
  }
}
