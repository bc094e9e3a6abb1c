// The sources: their rates, what they have lost, and which of them are shown.
import { css, html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import { countText, rateText, shortCount } from '../../text/numbers.js'
import { controls } from '../../ui/styles.js'
import { colorOf } from './row.js'
import { rowStyles } from './row-styles.js'
import type { SourceState } from './source-states.js'

/** Fires `choose` with the names of the sources to show; none for all. */
export class SourceList extends LitElement {
  static override properties = {
    sources: { attribute: false },
    chosen: { attribute: false },
    needle: { state: true },
  }

  static override styles = [
    controls,
    rowStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        font-size: var(--size-small);
      }

      .head {
        display: flex;
        gap: 6px;
        padding: 8px;
      }

      input[type='search'] {
        min-width: 0;
        flex: 1;
      }

      ul {
        flex: 1;
        min-height: 0;
        margin: 0;
        padding: 0 4px 8px;
        overflow-y: auto;
        list-style: none;
      }

      li {
        display: flex;
        align-items: center;
        border-radius: var(--radius);
      }

      li:hover {
        background: var(--hover);
      }

      li.chosen {
        background: var(--selected);
      }

      input[type='checkbox'] {
        flex: none;
        margin: 0 0 0 6px;
        accent-color: var(--accent);
      }

      li button {
        flex: 1;
        min-width: 0;
        justify-content: flex-start;
        height: 24px;
        padding: 0 6px;
        border: 0;
        background: none !important;
      }

      .name {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        text-align: left;
        font-family: var(--mono);
      }

      .rate {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }

      .lost {
        padding: 0 5px;
        border-radius: 8px;
        background: var(--warning-bg);
        color: var(--warning);
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
    `,
  ]

  declare sources: readonly SourceState[]
  declare chosen: readonly string[]
  declare needle: string

  constructor() {
    super()
    this.sources = []
    this.chosen = []
    this.needle = ''
  }

  override render(): TemplateResult {
    const needle = this.needle.toLowerCase()
    const shown = this.sources.filter(({ name }) => name.toLowerCase().includes(needle))
    return html`
      <div class="head">
        <input
          type="search"
          placeholder="Sources"
          aria-label="Find a source"
          .value=${this.needle}
          @input=${this.#onInput}
        />
        <button ?disabled=${this.chosen.length === 0} @click=${() => this.#choose([])}>All</button>
      </div>
      <ul aria-label="Sources">
        ${shown.map((one) => this.#item(one))}
      </ul>
    `
  }

  #item({ name, rate, dropped, lines }: SourceState): TemplateResult {
    const isChosen = this.chosen.includes(name)
    const lost = `${countText(dropped)} lines of ${name} were lost`
    return html`<li class=${isChosen ? 'chosen' : ''}>
      <input
        type="checkbox"
        aria-label=${`Show ${name}`}
        .checked=${isChosen}
        @change=${() => this.#toggle(name)}
      />
      <button
        title=${`Only ${name}: ${countText(lines)} lines stored`}
        @click=${() => this.#choose(this.chosen.length === 1 && isChosen ? [] : [name])}
      >
        <span class="name s${colorOf(name)}">${name}</span>
        ${dropped > 0 ? html`<span class="lost" title=${lost}>−${shortCount(dropped)}</span>` : ''}
        <span class="rate">${rate > 0 ? `${rateText(rate)}/s` : ''}</span>
      </button>
    </li>`
  }

  #toggle(name: string): void {
    const isChosen = this.chosen.includes(name)
    this.#choose(isChosen ? this.chosen.filter((one) => one !== name) : [...this.chosen, name])
  }

  #choose(names: readonly string[]): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: names }))
  }

  readonly #onInput = (event: Event): void => {
    this.needle = (event.target as HTMLInputElement).value
  }
}

customElements.define('source-list', SourceList)
