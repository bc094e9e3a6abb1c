// The bar above the lines: what to look for, which levels and streams, since when.
import { css, html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import { countText, shortCount } from '../../text/numbers.js'
import { hitFinder } from '../../text/search-pattern.js'
import { controls } from '../../ui/styles.js'
import { LEVEL_GROUP_NAMES } from './filter.js'
import type { Filter, LevelGroup, StreamName } from './filter.js'
import { rangeText, SPANS } from './time-range.js'

/** How long the viewer may type before it is looked for, in milliseconds. */
const TYPING_MS = 250

const LEVEL_TITLES: Readonly<Record<LevelGroup, string>> = {
  error: 'Error',
  warning: 'Warn',
  info: 'Info',
  debug: 'Debug',
  other: 'Other',
}

/** Fires `filter` with a part of a filter, `hit` with `next` or `previous`, and `cancel`. */
export class FilterBar extends LitElement {
  static override properties = {
    filter: { attribute: false },
    scannedLines: { attribute: false },
    timeStyle: {},
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
        padding: 7px 10px;
        border-bottom: 1px solid var(--border);
        font-size: var(--size-small);
      }

      .group {
        display: flex;
      }

      .group > * {
        border-radius: 0;
        margin-left: -1px;
      }

      .group > :first-child {
        border-radius: var(--radius) 0 0 var(--radius);
        margin-left: 0;
      }

      .group > :last-child {
        border-radius: 0 var(--radius) var(--radius) 0;
      }

      .group > [aria-pressed='true'],
      .group > :focus-visible {
        z-index: 1;
      }

      .find {
        flex: 1 1 260px;
        max-width: 620px;
      }

      .find input {
        flex: 1;
        min-width: 80px;
        font-family: var(--mono);
      }

      .find input.wrong {
        border-color: var(--error);
      }

      .mono {
        font-family: var(--mono);
      }

      .level-error[aria-pressed='true'] {
        border-color: var(--error);
        background: var(--error-bg);
        color: var(--error);
      }

      .level-warning[aria-pressed='true'] {
        border-color: var(--warning);
        background: var(--warning-bg);
        color: var(--warning);
      }

      .progress {
        display: flex;
        align-items: center;
        gap: 8px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
    `,
  ]

  declare filter: Filter
  /** Lines that a running search has looked at; undefined while none runs. */
  declare scannedLines: number | undefined
  declare timeStyle: 'local' | 'utc' | 'relative'
  #typing = 0

  /** Puts the cursor into the search. */
  focusSearch(): void {
    const input = this.renderRoot.querySelector<HTMLInputElement>('input[type=search]')
    input?.focus()
    input?.select()
  }

  override render(): TemplateResult {
    const { text, isRegex, hidesOthers, levels, stream } = this.filter
    const isWrong = isRegex && text !== '' && hitFinder({ text, isRegex }) === undefined
    return html`
      <div class="group find" role="search">
        <input
          type="search"
          class=${isWrong ? 'wrong' : ''}
          placeholder=${isRegex ? 'Regular expression' : 'Find text'}
          aria-label="Find in the lines"
          aria-invalid=${isWrong}
          .value=${text}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        />
        <button
          class="mono"
          aria-pressed=${isRegex}
          aria-label="Regular expression"
          title="Regular expression"
          @click=${() => this.#tell({ isRegex: !isRegex })}
        >
          .*
        </button>
        <button
          aria-pressed=${hidesOthers}
          title="Show only the lines that match, or mark them among the others"
          @click=${() => this.#tell({ hidesOthers: !hidesOthers })}
        >
          Only hits
        </button>
        <button
          ?disabled=${text === ''}
          aria-label="Previous hit"
          title="Previous hit (N)"
          @click=${() => this.#hit('previous')}
        >
          ↑
        </button>
        <button
          ?disabled=${text === ''}
          aria-label="Next hit"
          title="Next hit (n)"
          @click=${() => this.#hit('next')}
        >
          ↓
        </button>
      </div>
      <div class="group" role="group" aria-label="Levels">
        ${LEVEL_GROUP_NAMES.map(
          (name) =>
            html`<button
              class="level-${name}"
              aria-pressed=${levels.includes(name)}
              @click=${() => this.#toggleLevel(name)}
            >
              ${LEVEL_TITLES[name]}
            </button>`,
        )}
      </div>
      <select aria-label="Stream" .value=${stream ?? ''} @change=${this.#onStream}>
        <option value="">stdout + stderr</option>
        <option value="stdout">stdout</option>
        <option value="stderr">stderr</option>
      </select>
      ${this.#range()}
      ${
        this.scannedLines === undefined
          ? ''
          : html`<span class="progress" role="status">
              searched ${shortCount(this.scannedLines)} lines
              <button
                title=${countText(this.scannedLines)}
                @click=${() => this.dispatchEvent(new Event('cancel'))}
              >
                Cancel
              </button>
            </span>`
      }
    `
  }

  #range(): TemplateResult {
    const { since, until } = this.filter
    if (since === undefined && until === undefined) {
      return html`<select aria-label="Time range" .value=${''} @change=${this.#onSpan}>
        <option value="">All time</option>
        ${SPANS.map(({ name }, index) => html`<option value=${index}>${name}</option>`)}
      </select>`
    }
    return html`<button
      aria-pressed="true"
      title="Show all times again"
      @click=${() => this.#tell({ since: undefined, until: undefined })}
    >
      ${rangeText(since, until, this.timeStyle)} ✕
    </button>`
  }

  #tell(part: Partial<Filter>): void {
    this.dispatchEvent(new CustomEvent('filter', { detail: part }))
  }

  #hit(direction: 'next' | 'previous'): void {
    this.dispatchEvent(new CustomEvent('hit', { detail: direction }))
  }

  #toggleLevel(name: LevelGroup): void {
    const { levels } = this.filter
    const others = levels.filter((one) => one !== name)
    this.#tell({ levels: levels.includes(name) ? others : [...others, name] })
  }

  readonly #onInput = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value
    clearTimeout(this.#typing)
    this.#typing = window.setTimeout(() => this.#tell({ text }), TYPING_MS)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement
    if (event.key === 'Enter') {
      clearTimeout(this.#typing)
      if (input.value === this.filter.text) this.#hit(event.shiftKey ? 'previous' : 'next')
      else this.#tell({ text: input.value })
    } else if (event.key === 'Escape') input.blur()
    else return
    event.preventDefault()
  }

  readonly #onStream = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement
    this.#tell({ stream: value === '' ? undefined : (value as StreamName) })
  }

  readonly #onSpan = (event: Event): void => {
    const span = SPANS[Number((event.target as HTMLSelectElement).value)]
    if (span === undefined) return
    this.#tell({ since: new Date(Date.now() - span.ms).toISOString(), until: undefined })
  }
}

customElements.define('filter-bar', FilterBar)
