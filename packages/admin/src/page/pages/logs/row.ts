// One row: an entry as elements. Rows are used again for other entries, since making elements is what costs
// most while thousands of lines a second come. Text is set as text and styles are classes from a fixed
// list: nothing that a program printed can become anything else.
import type { LogEntry } from '@hero/sdk/browser'
import { parseAnsi } from '../../text/ansi.js'
import type { Span } from '../../text/ansi.js'
import { shortCount } from '../../text/numbers.js'
import type { Range } from '../../text/search-pattern.js'
import { mayHaveStructure } from '../../text/structure.js'
import { timeText } from '../../text/times.js'
import type { TimeStyle } from '../../text/times.js'
import { continues, gapText, kindOf, levelGroup, textOf } from './entry-text.js'
import type { LevelGroup } from './filter.js'

/** What rows look like, the same for all of them. */
export interface RowLook {
  readonly timeStyle: TimeStyle
  readonly nowMs: number
  readonly finder: ((line: string) => Range[]) | undefined
  /** Lines of one message after the first are not shown. */
  readonly foldsMessages: boolean
  readonly currentSeq: number | undefined
  /** The elements below an entry that the viewer has opened. */
  readonly details: (entry: LogEntry) => HTMLElement | undefined
}

/** Characters of a line that are shown before the viewer opens it. */
const SHOWN_CHARACTERS_MAX = 2_000
/** Colors that sources are told apart by. */
const SOURCE_COLORS = 8

const LETTERS: Readonly<Record<LevelGroup, string>> = {
  error: 'E',
  warning: 'W',
  info: 'I',
  debug: 'D',
  other: '',
}

export class Row {
  readonly element: HTMLElement = document.createElement('div')
  entry: LogEntry | undefined
  readonly #level = piece('level')
  readonly #time = piece('time')
  readonly #source = piece('source')
  readonly #text = piece('text')
  readonly #line = document.createElement('div')

  constructor() {
    this.#line.className = 'cells'
    this.#line.append(this.#level, this.#time, this.#source, this.#text)
    this.element.append(this.#line)
  }

  /** Shows an entry; `previous` is the one above it. */
  fill(entry: LogEntry, previous: LogEntry | undefined, look: RowLook): void {
    this.entry = entry
    const kind = kindOf(entry)
    const group = levelGroup(entry.level)
    const isMore = continues(entry, previous)
    const details = look.details(entry)
    this.element.className = [
      'row',
      kind,
      group,
      ...(isMore ? ['more'] : []),
      ...(isMore && look.foldsMessages ? ['folded'] : []),
      ...(entry.stream === 'stderr' ? ['stderr'] : []),
      ...(entry.seq === look.currentSeq ? ['current'] : []),
      ...(details === undefined ? [] : ['open']),
    ].join(' ')
    this.#level.textContent = LETTERS[group]
    this.#level.title = entry.level ?? ''
    this.#time.textContent = timeText(entry.ts, look.timeStyle, look.nowMs)
    this.#source.textContent = entry.source
    this.#source.className = `source s${colorOf(entry.source)}`
    this.#fillText(entry, kind === 'gap', look)
    this.element.replaceChildren(this.#line, ...(details === undefined ? [] : [details]))
  }

  #fillText(entry: LogEntry, isGap: boolean, look: RowLook): void {
    if (isGap && entry.gap !== undefined) {
      this.#text.textContent = gapText(entry.source, entry.gap, look.timeStyle)
      return
    }
    const full = textOf(entry)
    const shown = full.length > SHOWN_CHARACTERS_MAX ? full.slice(0, SHOWN_CHARACTERS_MAX) : full
    const spans = parseAnsi(shown)
    const hits = look.finder?.(spans.map(({ text }) => text).join('')) ?? []
    const [only] = spans
    if (hits.length === 0 && spans.length === 1 && only?.style === '') {
      this.#text.textContent = only.text
    } else {
      this.#text.replaceChildren(...marked(spans, hits))
    }
    const rest = full.length - shown.length
    if (rest > 0) this.#text.append(piece('rest', `+${shortCount(rest)} characters`))
    if (entry.text === undefined && entry.text_b64 !== undefined) {
      this.#text.append(piece('badge', 'binary'))
    }
    if (entry.unterminated === true) this.#text.append(piece('badge', 'no line end'))
    if (entry.fields !== undefined || mayHaveStructure(shown))
      this.#text.append(piece('has-fields'))
  }
}

function piece(name: string, text: string = ''): HTMLSpanElement {
  const element = document.createElement('span')
  element.className = name
  element.textContent = text
  return element
}

/** Spans with hits marked across them. */
function marked(spans: readonly Span[], hits: readonly Range[]): HTMLElement[] {
  const pieces: HTMLElement[] = []
  let at = 0
  for (const { text, style } of spans) {
    const end = at + text.length
    let done = at
    for (const [from, to] of hits) {
      if (to <= done || from >= end) continue
      const start = Math.max(from, done)
      const stop = Math.min(to, end)
      if (start > done) pieces.push(piece(style, text.slice(done - at, start - at)))
      const mark = document.createElement('mark')
      mark.textContent = text.slice(start - at, stop - at)
      pieces.push(mark)
      done = stop
    }
    if (done < end) pieces.push(piece(style, text.slice(done - at)))
    at = end
  }
  return pieces
}

const colors = new Map<string, number>()
const COLORS_KEPT_MAX = 1_000

/** The same color for the same name, everywhere. */
export function colorOf(source: string): number {
  const known = colors.get(source)
  if (known !== undefined) return known
  let hash = 7
  for (let index = 0; index < source.length; index += 1) {
    hash = (hash * 31 + source.charCodeAt(index)) % 1_000_003
  }
  if (colors.size >= COLORS_KEPT_MAX) colors.clear()
  colors.set(source, hash % SOURCE_COLORS)
  return hash % SOURCE_COLORS
}
