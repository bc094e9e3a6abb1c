// Open gaps of one source: one aggregate per reason, never a list. They are written as entries when
// lines flow again, after a second, at a run's end and at shutdown, so that no loss stays untold.
import type { DropReason, Gap } from '../model/entry.js'

export interface DroppedRange {
  readonly firstN: number
  readonly firstSeq: number
  readonly lines: number
  readonly bytes: number
  readonly ts: number
}

/** Losses of one source that no entry tells of yet. */
export class OpenGaps {
  readonly #byReason = new Map<DropReason, Gap>()

  get empty(): boolean {
    return this.#byReason.size === 0
  }

  add(reason: DropReason, range: DroppedRange): void {
    const { firstN, firstSeq, lines, bytes, ts } = range
    const open = this.#byReason.get(reason)
    this.#byReason.set(reason, {
      from_n: open?.from_n ?? firstN,
      to_n: firstN + lines - 1,
      from_seq: open?.from_seq ?? firstSeq,
      to_seq: firstSeq + lines - 1,
      lines: (open?.lines ?? 0) + lines,
      bytes: (open?.bytes ?? 0) + bytes,
      from_ts: open?.from_ts ?? ts,
      to_ts: ts,
      reason,
    })
  }

  /** Returns the open gaps and forgets them: the caller writes them. */
  take(): Gap[] {
    const gaps = [...this.#byReason.values()]
    this.#byReason.clear()
    return gaps
  }
}

/** The text of a gap entry, for readers that show only text. */
export function gapText(source: string, gap: Gap): string {
  const lines = gap.lines === 1 ? '1 line' : `${gap.lines} lines`
  return `${lines} of ${source} lost: ${gap.reason} (n ${gap.from_n} to ${gap.to_n}, ${gap.bytes} bytes)`
}
