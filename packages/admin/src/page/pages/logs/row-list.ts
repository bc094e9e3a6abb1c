// The rows that are in the document: a slice of the lines that are held, moved along as the viewer scrolls.
// There are never more than a few screens of them. Rows have any height; whatever is added or taken away
// above what the viewer sees is made up for, so that what is seen stands still.
import type { LogEntry } from '@hero/sdk/browser'
import { Row } from './row.js'
import type { RowLook } from './row.js'

/** Rows in the document. */
const ROWS_MAX = 240
const STEP_ROWS = 40
/** How near to an edge more rows are put there, in pixels. */
const MARGIN_PX = 1_200

export class RowList {
  readonly #scroller: HTMLElement
  readonly #parent: HTMLElement
  readonly #look: () => RowLook
  #entries: readonly LogEntry[] = []
  /** The index of the first row's entry. */
  #first = 0
  #rows: Row[] = []
  readonly #spare: Row[] = []

  constructor(scroller: HTMLElement, parent: HTMLElement, look: () => RowLook) {
    this.#scroller = scroller
    this.#parent = parent
    this.#look = look
  }

  /** Shows other entries, with the one at `index` at the top; the last ones if it is beyond them. */
  reset(entries: readonly LogEntry[], index: number): void {
    this.#entries = entries
    const isEnd = index >= entries.length
    const first = isEnd ? entries.length - ROWS_MAX : index - STEP_ROWS
    this.#show(Math.max(0, first), Math.min(entries.length, Math.max(0, first) + ROWS_MAX))
    if (isEnd) this.scrollToEnd()
    else this.scrollTo(index)
  }

  /** The entries were replaced by longer ones: `added` before, and `dropped` taken from the end. */
  grewBefore(entries: readonly LogEntry[], added: number): void {
    this.#entries = entries
    this.#first += added
    this.#dropBeyond()
    this.fill()
  }

  /** Entries were added after, and `dropped` taken from the beginning. */
  grewAfter(entries: readonly LogEntry[], dropped: number, keepsEnd: boolean): void {
    this.#entries = entries
    this.#first -= dropped
    if (this.#first < 0) this.#removeTop(-this.#first)
    if (!keepsEnd) return this.fill()
    this.#showEnd()
  }

  /** Puts rows where the viewer is about to look. */
  fill(): void {
    const scroller = this.#scroller
    for (let round = 0; round < ROWS_MAX / STEP_ROWS; round += 1) {
      const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
      const end = this.#first + this.#rows.length
      if (below < MARGIN_PX && end < this.#entries.length) {
        this.#append(Math.min(STEP_ROWS, this.#entries.length - end))
        const over = this.#rows.length - ROWS_MAX
        if (over > 0) this.#removeTop(over)
        continue
      }
      if (scroller.scrollTop >= MARGIN_PX || this.#first === 0) return
      this.#prepend(Math.min(STEP_ROWS, this.#first))
      const over = this.#rows.length - ROWS_MAX
      if (over > 0) this.#removeBottom(over)
    }
  }

  /** Draws rows again that look different now, all of them if none are named. What is seen stays there. */
  redraw(only?: readonly (number | undefined)[]): void {
    const at = this.#firstVisible()
    const offset = at === undefined ? 0 : this.#scroller.scrollTop - at.element.offsetTop
    const look = this.#look()
    for (const [index, row] of this.#rows.entries()) {
      if (only === undefined || only.includes(row.entry?.seq)) {
        this.#fillRow(row, this.#first + index, look)
      }
    }
    if (at !== undefined) this.#scroller.scrollTop = at.element.offsetTop + offset
    this.fill()
  }

  scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight
  }

  /** Scrolls so that an entry is at the top, or where `place` says; brings its rows into the document. */
  scrollTo(index: number, place: 'top' | 'middle' | 'near' = 'top'): void {
    if (index < this.#first || index >= this.#first + this.#rows.length) {
      const first = Math.max(0, Math.min(index - ROWS_MAX / 2, this.#entries.length - ROWS_MAX))
      this.#show(first, Math.min(this.#entries.length, first + ROWS_MAX))
    }
    const element = this.#rows[index - this.#first]?.element
    if (element === undefined) return
    const { clientHeight, scrollTop } = this.#scroller
    const { offsetTop, offsetHeight } = element
    const room = clientHeight - offsetHeight
    if (place === 'near') {
      if (offsetTop < scrollTop) this.#scroller.scrollTop = offsetTop
      else if (offsetTop > scrollTop + room) this.#scroller.scrollTop = offsetTop - room
    } else {
      this.#scroller.scrollTop = place === 'top' ? offsetTop : offsetTop - Math.max(0, room / 3)
    }
    this.fill()
  }

  /** True if entries that are held come before the rows. */
  get hasMoreAbove(): boolean {
    return this.#first > 0
  }

  /** The first entry that is seen. */
  get topEntry(): LogEntry | undefined {
    return this.#firstVisible()?.entry
  }

  /** The row that an event came from. */
  rowOf(event: Event): Row | undefined {
    const path = event.composedPath()
    return this.#rows.find(({ element }) => path.includes(element))
  }

  #firstVisible(): Row | undefined {
    const top = this.#scroller.scrollTop
    let [low, high] = [0, this.#rows.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      const { offsetTop, offsetHeight } = (this.#rows[middle] as Row).element
      if (offsetTop + offsetHeight > top) high = middle
      else low = middle + 1
    }
    return this.#rows[low]
  }

  #show(from: number, to: number): void {
    const look = this.#look()
    while (this.#rows.length > to - from) this.#give(this.#rows.pop() as Row)
    while (this.#rows.length < to - from) this.#rows.push(this.#take())
    this.#first = from
    for (const [index, row] of this.#rows.entries()) this.#fillRow(row, from + index, look)
    this.#parent.replaceChildren(...this.#rows.map(({ element }) => element))
  }

  /** Moves the slice to the end: rows from the top are used again below. */
  #showEnd(): void {
    const first = Math.max(0, this.#entries.length - ROWS_MAX)
    const missing = this.#entries.length - this.#first - this.#rows.length
    if (missing >= ROWS_MAX || first < this.#first) this.#show(first, this.#entries.length)
    else {
      const over = this.#rows.length + missing - ROWS_MAX
      for (const row of this.#rows.splice(0, Math.max(0, over))) this.#give(row)
      this.#first += Math.max(0, over)
      this.#append(missing)
    }
    this.scrollToEnd()
  }

  #append(count: number): void {
    const look = this.#look()
    for (let done = 0; done < count; done += 1) {
      const row = this.#take()
      this.#rows.push(row)
      this.#fillRow(row, this.#first + this.#rows.length - 1, look)
      this.#parent.append(row.element)
    }
  }

  #prepend(count: number): void {
    const look = this.#look()
    const mark = this.#rows[0]?.element
    const before = mark?.offsetTop ?? 0
    const rows = Array.from({ length: count }, () => this.#take())
    this.#first -= count
    for (const [index, row] of rows.entries()) this.#fillRow(row, this.#first + index, look)
    this.#parent.prepend(...rows.map(({ element }) => element))
    this.#rows.unshift(...rows)
    this.#scroller.scrollTop += (mark?.offsetTop ?? 0) - before
  }

  #removeTop(count: number): void {
    const mark = this.#rows[count]?.element
    const before = mark?.offsetTop ?? 0
    const scrollTop = this.#scroller.scrollTop
    for (const row of this.#rows.splice(0, count)) this.#give(row)
    this.#first += count
    if (mark !== undefined) this.#scroller.scrollTop = scrollTop - (before - mark.offsetTop)
  }

  #removeBottom(count: number): void {
    for (const row of this.#rows.splice(-count)) this.#give(row)
  }

  /** Entries at the end are held no more. */
  #dropBeyond(): void {
    const over = this.#first + this.#rows.length - this.#entries.length
    if (over > 0) this.#removeBottom(over)
  }

  #fillRow(row: Row, index: number, look: RowLook): void {
    const entry = this.#entries[index]
    if (entry !== undefined) row.fill(entry, this.#entries[index - 1], look)
  }

  #take(): Row {
    return this.#spare.pop() ?? new Row()
  }

  #give(row: Row): void {
    row.element.remove()
    if (this.#spare.length < ROWS_MAX) this.#spare.push(row)
  }
}
