// One half of the split view: a source that is chosen, and its lines.
import { css, html, LitElement } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import type { LogEntry } from '@hero/sdk/browser'
import { client } from '../../client.js'
import { latestOnly } from '../../ui/latest-only.js'
import { controls } from '../../ui/styles.js'
import type { EntryActions } from '../logs/entry-details.js'
import { NO_FILTER } from '../logs/filter.js'
import type { Filter } from '../logs/filter.js'
import { firstSince } from '../logs/hit-search.js'
import type { PageAction } from '../logs/keys.js'
import '../logs/log-view.js'
import type { LogView } from '../logs/log-view.js'
import { rangeOf } from '../logs/source-states.js'
import type { SourceState } from '../logs/source-states.js'
import '../logs/status-bar.js'

/** Fires `choose` with the name of another source, and `view-state` when the lines have moved. */
export class SplitPane extends LitElement {
  static override properties = {
    label: {},
    source: {},
    text: {},
    sources: { attribute: false },
    actions: { attribute: false },
    note: {},
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }

      header {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 6px 10px;
        border-bottom: 1px solid var(--border);
      }

      select {
        flex: 1;
        min-width: 0;
        max-width: 320px;
        font-weight: 600;
      }

      log-view {
        flex: 1;
      }
    `,
  ]

  /** Which half it is. */
  declare label: string
  declare source: string
  /** Only lines that hold it are shown. */
  declare text: string
  declare sources: readonly SourceState[]
  declare actions: Required<EntryActions>
  /** What was just done. */
  declare note: string
  #filter: Filter = NO_FILTER

  constructor() {
    super()
    this.source = ''
    this.text = ''
    this.sources = []
    this.note = ''
  }

  get #view(): LogView | null {
    return this.renderRoot.querySelector<LogView>('log-view')
  }

  get isFollowing(): boolean {
    return this.#view?.isFollowing !== false
  }

  get topEntry(): LogEntry | undefined {
    return this.#view?.topEntry
  }

  follow(): void {
    this.#view?.follow()
  }

  /** Shows what this source wrote at a time, or next after it. */
  readonly showTime: (ts: string) => void = latestOnly(async (ts: string) => {
    const entry = await firstSince(client, this.#filter, ts)
    if (entry === undefined) this.#view?.follow()
    else await this.#view?.show(entry.seq, false, 'top')
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('source') && !changed.has('text')) return
    this.#filter = { ...NO_FILTER, sources: [this.source], text: this.text }
  }

  override render(): TemplateResult {
    const { sources, source } = this
    const rate = sources.find(({ name }) => name === source)?.rate ?? 0
    const names = sources.map(({ name }) => name)
    const listed = names.includes(source) ? names : [source, ...names]
    return html`
      <header>
        <select aria-label="${this.label} source" .value=${source} @change=${this.#choose}>
          ${listed.map((name) => html`<option value=${name} ?selected=${name === source}>${name}</option>`)}
        </select>
      </header>
      <log-view
        class="one-source"
        .filter=${this.#filter}
        .range=${rangeOf(sources, [source])}
        .actions=${this.actions}
        @view-state=${this.#onView}
      ></log-view>
      <status-bar
        .view=${this.#view ?? undefined}
        .rate=${rate}
        .note=${this.note}
        @do=${this.#do}
      ></status-bar>
    `
  }

  readonly #onView = (): void => {
    this.requestUpdate()
    this.renderRoot.querySelector<LitElement>('status-bar')?.requestUpdate()
    this.dispatchEvent(new Event('view-state'))
  }

  /** The bar asks for two things: to follow, and not to. */
  readonly #do = ({ detail }: CustomEvent<PageAction>): void => {
    if (detail.name === 'newest') this.#view?.follow()
    else this.#view?.pause()
  }

  readonly #choose = (event: Event): void => {
    const detail = (event.target as HTMLSelectElement).value
    this.dispatchEvent(new CustomEvent('choose', { detail }))
  }
}

customElements.define('split-pane', SplitPane)
