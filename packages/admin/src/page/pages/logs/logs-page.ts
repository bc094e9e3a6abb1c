// The logs page: sources, filters, lines, and what the keyboard does. The address holds the filter and the
// place; whatever changes is written there, so that a link leads to what its sender saw.
import { html, LitElement } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import type { LogEntry } from '@hero/sdk/browser'
import { isTyping } from '../../app/hero-app.js'
import type { PageElement } from '../../app/pages.js'
import { goTo, hashOf, notePlace } from '../../app/router.js'
import { client } from '../../client.js'
import { plainText } from '../../text/ansi.js'
import { TIME_STYLES } from '../../text/times.js'
import { controls } from '../../ui/styles.js'
import { textOf } from './entry-text.js'
import './download-links.js'
import './filter-bar.js'
import type { FilterBar } from './filter-bar.js'
import { filterOf, NO_FILTER, paramsOf } from './filter.js'
import type { Filter } from './filter.js'
import { findHit, firstSince } from './hit-search.js'
import './log-view.js'
import type { LogView } from './log-view.js'
import { keyAction } from './keys.js'
import type { PageAction } from './keys.js'
import './shortcuts.js'
import type { ShortcutsDialog } from './shortcuts.js'
import './source-list.js'
import { rangeOf, watchSources } from './source-states.js'
import type { SourceState, SourceWatch } from './source-states.js'
import './status-bar.js'
import { pageStyles } from './page-styles.js'
import { keepSettings, keptSettings } from './view-settings.js'
import type { ViewSettings } from './view-settings.js'

/** How long a note such as "copied" is shown, in milliseconds. */
const NOTE_MS = 2_500
/** What the view says is shown again after so long, in milliseconds. */
const TELL_MS = 120
/** The address follows the place not more often than this: browsers allow few changes a second. */
const ADDRESS_MS = 400

class LogsPage extends LitElement implements PageElement {
  static override properties = {
    params: { attribute: false },
    filter: { state: true },
    sources: { state: true },
    settings: { state: true },
    scannedLines: { state: true },
    note: { state: true },
  }

  static override styles = [controls, pageStyles]

  declare params: URLSearchParams
  declare filter: Filter
  declare sources: readonly SourceState[]
  declare settings: ViewSettings
  declare scannedLines: number | undefined
  declare note: string
  #watch: SourceWatch | undefined
  #start: { readonly seq: number } | undefined
  #search: AbortController | undefined
  #hits: Promise<void> = Promise.resolve()
  #addressTimer = 0
  #tellTimer = 0
  #wasFollowing: boolean | undefined
  #noteTimer = 0

  constructor() {
    super()
    this.filter = NO_FILTER
    this.sources = []
    this.settings = keptSettings()
    this.scannedLines = undefined
    this.note = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#onKey)
    this.#watch = watchSources((states) => {
      this.sources = states
    })
    if (this.settings.showsChart) void import('./time-chart.js')
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#onKey)
    this.#watch?.close()
    this.#search?.abort()
    clearTimeout(this.#addressTimer)
    clearTimeout(this.#tellTimer)
  }

  /** A new address: a link, or a step back. */
  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('params')) return
    this.filter = filterOf(this.params)
    const seq = Number(this.params.get('at') ?? Number.NaN)
    this.#start = Number.isInteger(seq) ? { seq } : undefined
  }

  get #view(): LogView | undefined {
    return this.renderRoot.querySelector<LogView>('log-view') ?? undefined
  }

  override render(): TemplateResult {
    const { filter, settings, sources } = this
    const rate = sources
      .filter(({ name }) => filter.sources.length === 0 || filter.sources.includes(name))
      .reduce((sum, one) => sum + one.rate, 0)
    return html`
      <div class="page ${settings.showsSources ? '' : 'no-sources'}">
        ${
          settings.showsSources
            ? html`<source-list
                .sources=${sources}
                .chosen=${filter.sources}
                @choose=${(event: CustomEvent<readonly string[]>) => this.#change({ sources: event.detail })}
              ></source-list>`
            : ''
        }
        <div class="lines">
          <filter-bar
            .filter=${filter}
            .timeStyle=${settings.timeStyle}
            .scannedLines=${this.scannedLines ?? this.#view?.scannedLines}
            @filter=${(event: CustomEvent<Partial<Filter>>) => this.#change(event.detail)}
            @hit=${(event: CustomEvent<'next' | 'previous'>) => void this.#goToHit(event.detail, this.filter)}
            @cancel=${this.#cancel}
          ></filter-bar>
          ${
            settings.showsChart
              ? html`<time-chart
                  .filter=${filter}
                  @range=${(event: CustomEvent<Partial<Filter>>) => this.#change(event.detail)}
                  @jump=${(event: CustomEvent<string>) => void this.#jump(event.detail)}
                ></time-chart>`
              : ''
          }
          <log-view
            class=${filter.sources.length === 1 ? 'one-source' : ''}
            .filter=${filter}
            .start=${this.#start}
            .timeStyle=${settings.timeStyle}
            .wraps=${settings.wraps}
            .foldsMessages=${settings.foldsMessages}
            .range=${rangeOf(sources, filter.sources)}
            .rate=${rate}
            .actions=${this.#actions}
            @view-state=${this.#onView}
          ></log-view>
          <status-bar
            .view=${this.#view}
            .rate=${rate}
            .note=${this.note}
            .settings=${settings}
            @do=${(event: CustomEvent<PageAction>) => this.#do(event.detail)}
            ><download-links .filter=${filter}></download-links
          ></status-bar>
        </div>
      </div>
      <shortcuts-dialog></shortcuts-dialog>
    `
  }

  readonly #actions = {
    copyLine: (entry: LogEntry): void => void this.#copy(plainText(textOf(entry)), 'Line copied'),
    copyLink: (entry: LogEntry): void => {
      const hash = hashOf({ page: 'logs', params: paramsOf(this.filter, entry.seq) })
      void this.#copy(new URL(hash, location.origin).href, 'Link copied')
    },
    showContext: ({ seq }: LogEntry): void => {
      // The text stays marked; a step back returns to the hits.
      const marked = { ...NO_FILTER, text: this.filter.text, isRegex: this.filter.isRegex }
      goTo({ page: 'logs', params: paramsOf({ ...marked, hidesOthers: false }, seq) })
    },
    onlySource: ({ source, seq }: LogEntry): void => {
      goTo({ page: 'logs', params: paramsOf({ ...this.filter, sources: [source] }, seq) })
    },
  }

  #change(part: Partial<Filter>): void {
    this.filter = { ...this.filter, ...part }
    this.#giveUpSearch()
    this.#noteAddress()
  }

  #set(part: Partial<ViewSettings>): void {
    this.settings = { ...this.settings, ...part }
    keepSettings(this.settings)
    if (part.showsChart === true) void import('./time-chart.js')
  }

  /** The view changes with every frame: what it says is read out a few times a second, or when it turns. */
  readonly #onView = (): void => {
    this.#noteAddress()
    const isFollowing = this.#view?.isFollowing
    const waitMs = isFollowing === this.#wasFollowing ? TELL_MS : 0
    this.#wasFollowing = isFollowing
    if (waitMs === 0) this.#tell()
    else if (this.#tellTimer === 0) this.#tellTimer = window.setTimeout(() => this.#tell(), waitMs)
  }

  #tell(): void {
    clearTimeout(this.#tellTimer)
    this.#tellTimer = 0
    this.requestUpdate()
    this.renderRoot.querySelector<LitElement>('status-bar')?.requestUpdate()
  }

  #noteAddress(): void {
    if (this.#addressTimer !== 0) return
    this.#addressTimer = window.setTimeout(() => {
      this.#addressTimer = 0
      const view = this.#view
      if (!this.isConnected || view === undefined) return
      const at = view.isFollowing ? undefined : (view.currentSeq ?? view.topEntry?.seq)
      notePlace({ page: 'logs', params: paramsOf(this.filter, at) })
    }, ADDRESS_MS)
  }

  /** One search after the other, each from where the one before has led. */
  #goToHit(direction: 'next' | 'previous', filter: Filter): Promise<void> {
    const search = this.#search ?? new AbortController()
    this.#search = search
    const hits = this.#hits.then(() => this.#goOn(direction, filter, search))
    this.#hits = hits
    return hits.then(() => {
      if (this.#hits !== hits) return
      this.#search = undefined
      this.scannedLines = undefined
    })
  }

  /** Shows the nearest line that matches, from the selected line or the top of the view on. */
  async #goOn(
    direction: 'next' | 'previous',
    filter: Filter,
    search: AbortController,
  ): Promise<void> {
    const view = this.#view
    const from = view?.currentEntry ?? view?.topEntry
    if (view === undefined || from === undefined || search.signal.aborted) return
    try {
      const hit = await findHit(client, {
        filter,
        direction,
        fromSeq: from.seq,
        onProgress: (scanned) => {
          this.scannedLines = scanned
        },
        signal: search.signal,
      })
      if (search.signal.aborted) return
      if (hit === undefined) this.#say(`No ${direction} hit`)
      else await view.show(hit.seq)
    } catch (error) {
      if (!search.signal.aborted) this.#say((error as Error).message)
    }
  }

  readonly #cancel = (): void => {
    this.#giveUpSearch()
    this.scannedLines = undefined
    this.#view?.lines?.cancel()
  }

  #giveUpSearch(): void {
    this.#search?.abort()
    this.#search = undefined
  }

  async #jump(ts: string): Promise<void> {
    const entry = await firstSince(client, NO_FILTER, ts)
    if (entry !== undefined) await this.#view?.show(entry.seq, false)
  }

  async #copy(text: string, note: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.#say(note)
    } catch {
      this.#say('This browser does not let the page copy')
    }
  }

  #say(note: string): void {
    this.note = note
    clearTimeout(this.#noteTimer)
    this.#noteTimer = window.setTimeout(() => (this.note = ''), NOTE_MS)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyping(event)) return
    const action = keyAction(event)
    if (action === undefined || !this.#do(action)) return
    event.preventDefault()
  }

  /** Returns false if the key has nothing to do now. */
  #do(action: PageAction): boolean {
    const view = this.#view
    if (view === undefined) return false
    const { settings, filter } = this
    const current = view.currentEntry ?? view.topEntry
    const problems = { ...filter, text: '', levels: ['error', 'warning'] } satisfies Filter
    switch (action.name) {
      case 'move':
        view.move(action.lines)
        break
      case 'screen':
        view.scrollScreens(action.screens)
        break
      case 'oldest':
        void view.show(rangeOf(this.sources, filter.sources)[0], false)
        break
      case 'newest':
        view.follow()
        break
      case 'toggle':
        if (view.currentSeq === undefined) return false
        view.toggle()
        break
      case 'follow':
        if (view.isFollowing) view.pause()
        else view.follow()
        break
      case 'find':
        this.renderRoot.querySelector<FilterBar>('filter-bar')?.focusSearch()
        break
      case 'source':
        this.#set({ showsSources: true })
        void this.updateComplete.then(() => this.#focusSources())
        break
      case 'hit':
        if (filter.text === '') return false
        void this.#goToHit(action.direction, filter)
        break
      case 'problem':
        void this.#goToHit(action.direction, problems)
        break
      case 'context':
        if (current !== undefined) this.#actions.showContext(current)
        break
      case 'copyLine':
        if (current !== undefined) this.#actions.copyLine(current)
        break
      case 'copyLink':
        if (current !== undefined) this.#actions.copyLink(current)
        break
      case 'levels':
        this.#change({ levels: action.levels })
        break
      case 'clear':
        this.#change(NO_FILTER)
        break
      case 'onlyHits':
        this.#change({ hidesOthers: !filter.hidesOthers })
        break
      case 'wrap':
        this.#set({ wraps: !settings.wraps })
        break
      case 'fold':
        this.#set({ foldsMessages: !settings.foldsMessages })
        break
      case 'time': {
        const next = (TIME_STYLES.indexOf(settings.timeStyle) + 1) % TIME_STYLES.length
        this.#set({ timeStyle: TIME_STYLES[next] ?? 'local' })
        break
      }
      case 'chart':
        this.#set({ showsChart: !settings.showsChart })
        break
      case 'sources':
        this.#set({ showsSources: !settings.showsSources })
        break
      case 'help':
        this.renderRoot.querySelector<ShortcutsDialog>('shortcuts-dialog')?.show()
        break
      case 'letGo':
        this.#cancel()
        view.letGo()
        break
    }
    return true
  }

  #focusSources(): void {
    const list = this.renderRoot.querySelector<LitElement>('source-list')
    void list?.updateComplete.then(() => list.renderRoot.querySelector('input')?.focus())
  }
}

customElements.define('logs-page', LogsPage)
