// The lines themselves: a window on the store, the rows on the screen, and the position bar. It follows while
// the viewer is at the end, and stops when they scroll, select or say so.
import { html, LitElement } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import type { LogEntry } from '@hero/sdk/browser'
import { client } from '../../client.js'
import { hitFinder } from '../../text/search-pattern.js'
import { clockText, dayText } from '../../text/times.js'
import type { TimeStyle } from '../../text/times.js'
import { latestOnly } from '../../ui/latest-only.js'
import { isOnText, selectedNode } from '../../ui/selection.js'
import { controls } from '../../ui/styles.js'
import { entryDetails } from './entry-details.js'
import type { EntryActions } from './entry-details.js'
import { NO_FILTER, showSameLines } from './filter.js'
import type { Filter } from './filter.js'
import { LineWindow } from './line-window.js'
import type { Change } from './line-window.js'
import './position-bar.js'
import { RowList } from './row-list.js'
import { rowStyles } from './row-styles.js'
import type { RowLook } from './row.js'
import { viewStyles } from './view-styles.js'

/** From the end up to here the viewer is at the end, in pixels. */
const END_PX = 24
/** From an edge up to here more lines are read, in pixels. */
const NEAR_PX = 2_400
/** Lines a second; more cannot be listened to. */
const SPOKEN_RATE_MAX = 1
/** Two lines of text stay in view when a screen is turned. */
const LINE_PX = 38
/** Relative times are drawn again this often. */
const CLOCK_MS = 1_000

/** Fires `view-state` when anything that it says of itself may have changed. */
export class LogView extends LitElement {
  static override properties = {
    filter: { attribute: false },
    timeStyle: {},
    wraps: { type: Boolean },
    foldsMessages: { type: Boolean },
    actions: { attribute: false },
    range: { attribute: false },
    rate: { attribute: false },
    start: { attribute: false },
    label: { state: true },
  }

  static override styles = [controls, rowStyles, viewStyles]

  declare filter: Filter
  declare timeStyle: TimeStyle
  declare wraps: boolean
  declare foldsMessages: boolean
  declare actions: Omit<EntryActions, 'showContext'> & { showContext: (entry: LogEntry) => void }
  /** Numbers of the sequence that the store has. */
  declare range: readonly [from: number, to: number]
  /** Lines a second. */
  declare rate: number
  declare label: string
  /** Where to go, each time another one is given; to the newest line at first if there is none. */
  declare start: { readonly seq: number } | undefined
  /** Lines that a running search has looked at; undefined while none runs. */
  scannedLines: number | undefined
  fault: unknown
  /** True until the viewer scrolls, selects or pauses. */
  isFollowing = true
  currentSeq: number | undefined
  lines: LineWindow | undefined
  #list: RowList | undefined
  #targetSeq: number | undefined
  #frame = 0
  #lastTop = 0
  #clock = 0
  readonly #opened = new Map<number, HTMLElement>()

  constructor() {
    super()
    this.filter = NO_FILTER
    this.timeStyle = 'local'
    this.wraps = true
    this.foldsMessages = false
    this.range = [1, 1]
    this.rate = 0
    this.label = ''
  }

  /** The line at the top of the view. */
  get topEntry(): LogEntry | undefined {
    return this.#list?.topEntry
  }

  /** The line that is selected, if it is held. */
  get currentEntry(): LogEntry | undefined {
    return this.lines?.entries[this.#indexOf(this.currentSeq)]
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('selectionchange', this.#onSelection)
    this.#clock = window.setInterval(() => {
      if (this.timeStyle === 'relative') this.#list?.redraw()
    }, CLOCK_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('selectionchange', this.#onSelection)
    clearInterval(this.#clock)
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.lines?.close()
    this.lines = undefined
  }

  override render(): TemplateResult {
    return html`
      <div
        id="scroller"
        tabindex="0"
        aria-label="Log lines"
        role="region"
        @scroll=${this.#onScroll}
      >
        <div
          id="lines"
          class=${this.wraps ? '' : 'no-wrap'}
          role="log"
          aria-live=${this.isFollowing && this.rate < SPOKEN_RATE_MAX ? 'polite' : 'off'}
          @pointerdown=${(event: Event) => isOnText(event) && this.pause()}
          @click=${this.#onClick}
        ></div>
        ${this.lines?.isEmpty === true ? html`<p class="empty">No line matches.</p>` : ''}
      </div>
      <position-bar
        .from=${this.range[0]}
        .to=${this.range[1]}
        .at=${this.isFollowing ? this.range[1] : (this.topEntry?.seq ?? this.range[1])}
        .label=${this.label}
        @seek=${this.#onSeek}
      ></position-bar>
    `
  }

  override firstUpdated(): void {
    const find = (id: string): HTMLElement => this.renderRoot.querySelector<HTMLElement>(id)!
    this.#list = new RowList(find('#scroller'), find('#lines'), () => this.#look())
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const before = changed.get('filter')
    if (changed.has('start') && this.start !== undefined) {
      this.#targetSeq = this.start.seq
      this.currentSeq = this.start.seq
      this.isFollowing = false
      this.#begin()
    } else if (this.lines === undefined) this.#begin()
    else if (before !== undefined && !showSameLines(before, this.filter)) this.#begin()
    else if (
      ['filter', 'timeStyle', 'wraps', 'foldsMessages'].some((one) => changed.has(one as 'filter'))
    ) {
      if (changed.has('timeStyle')) this.#opened.clear()
      this.#list?.redraw()
    }
  }

  /** Shows the newest lines and follows. */
  follow(): void {
    this.isFollowing = true
    const lines = this.lines
    if (lines === undefined || lines.hasNewer || lines.newCount > 0) void lines?.openNewest()
    else {
      void lines.reattach()
      this.#list?.scrollToEnd()
    }
    this.#tell()
  }

  /** Stays where it is; new lines are counted. */
  pause(): void {
    if (!this.isFollowing) return
    this.isFollowing = false
    this.lines?.detach()
    this.#tell()
  }

  /** Shows a line by its number, selected; its neighbors are read if they are not held. */
  async show(
    seq: number,
    isSelected: boolean = true,
    where: 'top' | 'middle' = 'middle',
  ): Promise<void> {
    this.pause()
    if (isSelected) this.#select(seq)
    const index = this.#indexOf(seq)
    if (this.lines?.entries[index]?.seq === seq) {
      this.#list?.scrollTo(index, where)
    } else {
      this.#targetSeq = seq
      await this.lines?.openAt(seq)
    }
    this.#tell()
  }

  /** Selects the line that many lines further; the first time, the one at the top. */
  move(lines: number): void {
    this.pause()
    const entries = this.lines?.entries ?? []
    const top = this.#indexOf(this.topEntry?.seq)
    const from =
      this.currentSeq === undefined ? top - Math.sign(lines) : this.#indexOf(this.currentSeq)
    const index = Math.min(entries.length - 1, Math.max(0, from + lines))
    this.#select(entries[index]?.seq)
    this.#list?.scrollTo(index, 'near')
    this.#readOn()
    this.#tell()
  }

  /** Moves by whole screens, less a line. */
  scrollScreens(screens: number): void {
    const { clientHeight } = this.#scroller
    this.#scroller.scrollBy({ top: screens * (clientHeight - LINE_PX) })
  }

  /** No line is selected any more, and none is open. */
  letGo(): void {
    this.currentSeq = undefined
    this.#opened.clear()
    this.#list?.redraw()
    this.#tell()
  }

  /** Opens or closes a line; the selected one if none is given. */
  toggle(entry: LogEntry | undefined = this.currentEntry): void {
    if (entry === undefined) return
    this.pause()
    if (!this.#opened.delete(entry.seq)) this.#opened.set(entry.seq, this.#detailsOf(entry))
    this.#select(entry.seq)
    this.#tell()
  }

  #select(seq: number | undefined): void {
    const before = this.currentSeq
    this.currentSeq = seq
    this.#list?.redraw([before, seq])
  }

  #begin(): void {
    const previous = this.lines
    const here = this.currentSeq ?? this.topEntry?.seq
    const seq = this.#targetSeq ?? (this.isFollowing ? undefined : here)
    previous?.close()
    this.#opened.clear()
    this.fault = undefined
    const lines = new LineWindow(client, this.filter, {
      changed: (change) => lines === this.lines && this.#change(lines, change),
      searching: (scanned) => {
        this.scannedLines = scanned
        this.#tell()
      },
      failed: (error) => {
        this.fault = error
        this.#tell()
      },
    })
    this.isFollowing = seq === undefined
    this.lines = lines
    if (seq === undefined) {
      void lines.openNewest()
    } else {
      this.#targetSeq = seq
      void lines.openAt(seq)
    }
    this.#tell()
  }

  #change(lines: LineWindow, change: Change): void {
    const list = this.#list
    if (list === undefined) return
    switch (change.kind) {
      case 'reset':
        list.reset(lines.entries, this.#indexOf(this.#targetSeq))
        list.scrollTo(
          this.#indexOf(this.#targetSeq),
          this.currentSeq === undefined ? 'top' : 'middle',
        )
        this.#targetSeq = undefined
        break
      case 'older':
        if (this.isFollowing) list.reset(lines.entries, lines.entries.length)
        else list.grewBefore(lines.entries, change.count)
        break
      case 'newer':
        list.grewAfter(lines.entries, change.dropped, this.isFollowing)
        break
      case 'state':
        // Lines that have come are added once a frame, all of them at a time.
        this.#frame ||= requestAnimationFrame(this.#onFrame)
        return
    }
    this.#lastTop = this.#scroller.scrollTop
    this.#tell()
  }

  readonly #onFrame = (): void => {
    this.#frame = 0
    this.lines?.takeArrived()
    this.#tell()
  }

  readonly #onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller
    const moved = scrollTop - this.#lastTop
    const isAtEnd = scrollHeight - scrollTop - clientHeight < END_PX
    this.#lastTop = scrollTop
    if (this.isFollowing && moved < -1 && !isAtEnd) this.pause()
    this.#list?.fill()
    this.#lastTop = this.#scroller.scrollTop
    this.#readOn()
    if (!this.isFollowing && moved > 0 && isAtEnd && this.lines?.hasNewer === false) {
      const isWhole = this.#scroller.scrollHeight - this.#scroller.scrollTop - clientHeight < END_PX
      if (isWhole && this.currentSeq === undefined) this.follow()
    }
    this.#tell()
  }

  /** Reads more lines before the viewer gets there. */
  #readOn(): void {
    // At the end, older lines than there are rows for would only push out the newest, and end the tail.
    if (this.isFollowing && this.#list?.hasMoreAbove === true) return
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller
    if (scrollTop < NEAR_PX) void this.lines?.loadOlder()
    else if (!this.isFollowing && scrollHeight - scrollTop - clientHeight < NEAR_PX) {
      void this.lines?.loadNewer()
    }
  }

  readonly #onSelection = (): void => {
    if (this.#scroller.contains(selectedNode(this.renderRoot as ShadowRoot) ?? null)) this.pause()
  }

  readonly #onClick = (event: MouseEvent): void => {
    if (isOnText(event) && selectedNode(this.renderRoot as ShadowRoot) === undefined)
      this.toggle(this.#list?.rowOf(event)?.entry)
  }

  readonly #onSeek = (event: CustomEvent<{ seq: number; isEnd: boolean }>): void => {
    const { seq, isEnd } = event.detail
    if (isEnd) return this.follow()
    this.pause()
    this.currentSeq = undefined
    this.#seek(seq)
  }

  readonly #seek = latestOnly(async (seq: number) => {
    this.#targetSeq = seq
    await this.lines?.openAt(seq)
    this.#tell()
  })

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('#scroller')!
  }

  #look(): RowLook {
    return {
      timeStyle: this.timeStyle,
      nowMs: Date.now(),
      finder: hitFinder(this.filter),
      foldsMessages: this.foldsMessages,
      currentSeq: this.currentSeq,
      details: ({ seq }) => this.#opened.get(seq),
    }
  }

  #detailsOf(entry: LogEntry): HTMLElement {
    const { showContext, ...actions } = this.actions
    const isFiltered = !showSameLines(this.filter, NO_FILTER)
    return entryDetails(entry, this.timeStyle, {
      ...actions,
      showContext: isFiltered ? showContext : undefined,
    })
  }

  #indexOf(seq: number | undefined): number {
    return this.lines?.indexOf(seq) ?? 0
  }

  #tell(): void {
    const ts = this.topEntry?.ts
    const { timeStyle } = this
    this.label = ts === undefined ? '' : `${dayText(ts, timeStyle)} ${clockText(ts, timeStyle)}`
    this.requestUpdate()
    this.dispatchEvent(new Event('view-state'))
  }
}

customElements.define('log-view', LogView)
