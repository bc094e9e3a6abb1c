// The split page: two sources side by side, each with its own lines. Where one is scrolled to, the other
// shows what was written at the same time, unless the viewer lets them go apart.
import { css, html, LitElement, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import type { PageElement } from '../../app/pages.js'
import { notePlace } from '../../app/router.js'
import { controls } from '../../ui/styles.js'
import { lineActions } from '../logs/line-actions.js'
import { watchSources } from '../logs/source-states.js'
import type { SourceState, SourceWatch } from '../logs/source-states.js'
import './split-pane.js'
import type { SplitPane } from './split-pane.js'

const SIDES = ['left', 'right'] as const
type Side = (typeof SIDES)[number]
const LABELS: Readonly<Record<Side, string>> = { left: 'Left', right: 'Right' }
/** How long the viewer may type before it is looked for, in milliseconds. */
const TYPING_MS = 250
const NOTE_MS = 2_500

class SplitPage extends LitElement implements PageElement {
  static override properties = {
    params: { attribute: false },
    sources: { state: true },
    keepsTime: { state: true },
    note: { state: true },
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        height: 100%;
        overflow: hidden;
      }

      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 14px;
        padding: 7px 10px;
        border-bottom: 1px solid var(--border);
        font-size: var(--size-small);
      }

      h1 {
        margin: 0;
        font-size: var(--size);
      }

      input[type='search'] {
        flex: 1 1 160px;
        min-width: 0;
        max-width: 420px;
        font-family: var(--mono);
      }

      label {
        display: flex;
        align-items: center;
        gap: 5px;
      }

      .panes {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        min-height: 0;
      }

      split-pane + split-pane {
        border-left: 2px solid var(--border);
      }

      .empty {
        padding: 24px;
        color: var(--muted);
      }

      @media (max-width: 720px) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: minmax(0, 1fr) minmax(0, 1fr);
        }

        split-pane + split-pane {
          border-top: 2px solid var(--border);
          border-left: none;
        }
      }
    `,
  ]

  declare params: URLSearchParams
  declare sources: readonly SourceState[] | undefined
  declare keepsTime: boolean
  declare note: string
  #watch: SourceWatch | undefined
  /** The half that the viewer moves; the other goes with it. */
  #moved: Side = 'left'
  #typing = 0
  #noting = 0
  readonly #actions = lineActions((note) => {
    this.note = note
    clearTimeout(this.#noting)
    this.#noting = window.setTimeout(() => (this.note = ''), NOTE_MS)
  })

  constructor() {
    super()
    this.params = new URLSearchParams()
    this.keepsTime = true
    this.note = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#watch = watchSources((states) => {
      this.sources = states
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watch?.close()
    clearTimeout(this.#typing)
    clearTimeout(this.#noting)
  }

  override render(): TemplateResult {
    const { sources } = this
    return html`
      <header>
        <h1>Side by side</h1>
        <input
          type="search"
          aria-label="Only lines with this text, on both sides"
          placeholder="Only lines with ..."
          .value=${this.params.get('q') ?? ''}
          @input=${this.#onText}
        />
        <label
          ><input type="checkbox" .checked=${this.keepsTime} @change=${this.#onKeep} /> Keep times
          together</label
        >
      </header>
      ${
        sources === undefined
          ? nothing
          : sources.length === 0
            ? html`<p class="empty">Nothing has been logged yet.</p>`
            : html`<div class="panes">${SIDES.map((side) => this.#pane(side, sources))}</div>`
      }
    `
  }

  #pane(side: Side, sources: readonly SourceState[]): TemplateResult {
    return html`<split-pane
      id=${side}
      .label=${LABELS[side]}
      .source=${this.#sourceOf(side, sources)}
      .text=${this.params.get('q') ?? ''}
      .sources=${sources}
      .actions=${this.#actions}
      .note=${side === this.#moved ? this.note : ''}
      @choose=${({ detail }: CustomEvent<string>) => this.#note({ [side]: detail })}
      @pointerenter=${() => (this.#moved = side)}
      @focusin=${() => (this.#moved = side)}
      @view-state=${() => this.#onMove(side)}
    ></split-pane>`
  }

  /** The busiest ones, until somebody has chosen. */
  #sourceOf(side: Side, sources: readonly SourceState[]): string {
    const chosen = this.params.get(side)
    if (chosen !== null) return chosen
    const busiest = sources.toSorted((a, b) => b.lines - a.lines).map(({ name }) => name)
    const other = this.params.get(side === 'left' ? 'right' : 'left')
    const free = busiest.filter((name) => name !== other)
    return free[side === 'right' && other === null ? 1 : 0] ?? busiest[0] ?? ''
  }

  #onMove(side: Side): void {
    if (!this.keepsTime || side !== this.#moved) return
    const pane = (one: Side): SplitPane | null => this.renderRoot.querySelector(`#${one}`)
    const [from, to] = [pane(side), pane(side === 'left' ? 'right' : 'left')]
    if (from === null || to === null) return
    if (!from.isFollowing && from.topEntry !== undefined) to.showTime(from.topEntry.ts)
    else if (from.isFollowing && !to.isFollowing) to.follow()
  }

  readonly #onKeep = (event: Event): void => {
    this.keepsTime = (event.target as HTMLInputElement).checked
    this.#onMove(this.#moved)
  }

  readonly #onText = (event: Event): void => {
    const q = (event.target as HTMLInputElement).value
    clearTimeout(this.#typing)
    this.#typing = window.setTimeout(() => this.#note({ q }), TYPING_MS)
  }

  /** Keeps what was chosen in the address. Both sources are named once one was chosen. */
  #note(part: Readonly<Record<string, string>>): void {
    const sources = this.sources ?? []
    const sides = Object.fromEntries(SIDES.map((side) => [side, this.#sourceOf(side, sources)]))
    const all = { ...sides, q: this.params.get('q') ?? '', ...part }
    this.params = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''))
    notePlace({ page: 'split', params: this.params })
  }
}

customElements.define('split-page', SplitPage)
