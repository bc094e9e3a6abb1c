// The bar below the lines: whether they follow, what came meanwhile, how far behind, how fresh.
import { css, html, LitElement, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { rateText, shortCount } from '../../text/numbers.js'
import type { TimeStyle } from '../../text/times.js'
import { controls } from '../../ui/styles.js'
import type { PageAction } from './keys.js'
import type { LogView } from './log-view.js'
import type { ViewSettings } from './view-settings.js'

/** Fires `do` with what the page shall do. */
export class StatusBar extends LitElement {
  static override properties = {
    view: { attribute: false },
    settings: { attribute: false },
    rate: { type: Number },
    note: {},
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 14px;
        min-height: 32px;
        padding: 2px 10px;
        border-top: 1px solid var(--border);
        background: var(--surface);
        font-size: var(--size-small);
        font-variant-numeric: tabular-nums;
      }

      button {
        height: 24px;
        min-width: 74px;
      }

      .tools {
        display: flex;
        gap: 2px;
      }

      .tools button {
        min-width: 0;
        padding: 0 7px;
        color: var(--muted);
      }

      .tools button[aria-pressed='true'] {
        color: var(--accent);
      }

      .dot {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--muted);
      }

      .live .dot {
        background: var(--ok);
      }

      .lost .dot {
        background: var(--error);
      }

      .state {
        display: flex;
        align-items: center;
        gap: 6px;
        font-weight: 600;
      }

      .live {
        color: var(--ok);
      }

      .lost,
      .fault {
        color: var(--error);
      }

      .space {
        flex: 1;
      }

      .figure {
        color: var(--muted);
        white-space: nowrap;
      }

      .figure b {
        color: var(--text);
        font-weight: 500;
      }

      @media (max-width: 720px) {
        .optional {
          display: none;
        }
      }
    `,
  ]

  declare view: LogView | undefined
  /** Shown as tools; without, there are none. */
  declare settings: ViewSettings | undefined
  declare rate: number
  /** What has just been done, such as a copy. */
  declare note: string

  override render(): TemplateResult {
    const { view } = this
    const lines = view?.lines
    if (view === undefined || lines === undefined) return html``
    const { newCount, lag, latencyMs, isConnected } = lines
    const canFollow = view.filter.until === undefined
    return html`
      ${this.#state()}
      ${
        view.isFollowing
          ? html`<button @click=${() => this.#do({ name: 'follow' })} title="Pause (f)">
              Pause
            </button>`
          : html`<button
              class="primary"
              ?disabled=${!canFollow}
              @click=${() => this.#do({ name: 'newest' })}
              title="Jump to the newest line and follow (f)"
            >
              ${newCount > 0 ? `${shortCount(newCount)} new ↓` : 'Newest ↓'}
            </button>`
      }
      ${this.#fault(view.fault)}
      <span role="status">${this.note}</span>
      <span class="space"></span>
      <span class="figure" title="Lines, of all sources, that are written and not yet here"
        >lag <b>${shortCount(lag)}</b></span
      >
      ${
        latencyMs === undefined || !isConnected
          ? ''
          : html`<span class="figure" title="From a program's write to this page, newest line"
              >latency <b>${latencyText(latencyMs)}</b></span
            >`
      }
      <span class="figure optional"
        ><b>${this.rate === 0 ? '0' : rateText(this.rate)}</b> lines/s</span
      >
      ${this.settings === undefined ? '' : this.#tools(this.settings)}
      <slot></slot>
    `
  }

  #state(): TemplateResult {
    const { view } = this
    const isConnected = view?.lines?.isConnected !== false
    const [name, text] = !isConnected
      ? ['lost', 'Reconnecting']
      : view?.isFollowing === true
        ? ['live', 'Live']
        : ['', 'Paused']
    return html`<span class="state ${name}"><span class="dot"></span>${text}</span>`
  }

  #fault(fault: unknown): TemplateResult | string {
    if (fault === undefined) return ''
    return html`<span class="fault" role="alert">${(fault as Error).message}</span>`
  }

  #tools({ timeStyle, wraps, foldsMessages }: ViewSettings): TemplateResult {
    return html`<span class="tools optional">
      ${this.#tool('time', TIME_NAMES[timeStyle], 'Local time, UTC, or how long ago (t)')}
      ${this.#tool('wrap', 'wrap', 'Wrap long lines (w)', wraps)}
      ${this.#tool('fold', 'fold', 'Fold messages of several lines (m)', foldsMessages)}
      ${this.#tool('help', '?', 'Keys (?)')}
    </span>`
  }

  #tool(
    name: 'wrap' | 'fold' | 'time' | 'help',
    text: string,
    title: string,
    isOn?: boolean,
  ): TemplateResult {
    return html`<button
      class="quiet"
      aria-pressed=${isOn ?? nothing}
      title=${title}
      @click=${() => this.#do({ name })}
    >
      ${text}
    </button>`
  }

  #do(detail: PageAction): void {
    this.dispatchEvent(new CustomEvent('do', { detail }))
  }
}

const TIME_NAMES: Readonly<Record<TimeStyle, string>> = {
  local: 'local time',
  utc: 'UTC',
  relative: 'ago',
}

function latencyText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

customElements.define('status-bar', StatusBar)
