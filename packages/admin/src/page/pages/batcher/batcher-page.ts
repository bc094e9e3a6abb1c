// The batcher page: what the log batcher and its store have done in the last minutes, live. Each chart has
// its figures beside it as text; pointing at a chart shows the figures of that moment in all of them.
import { html, LitElement, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import type { PageElement } from '../../app/pages.js'
import { hashOf } from '../../app/router.js'
import { client } from '../../client.js'
import { plainText } from '../../text/ansi.js'
import { countText } from '../../text/numbers.js'
import { bytesText } from '../../text/sizes.js'
import { clockText } from '../../text/times.js'
import { chartColors, swatch } from '../../ui/chart-colors.js'
import '../../ui/line-chart.js'
import type { ChartMoment } from '../../ui/line-chart.js'
import { controls } from '../../ui/styles.js'
import { tables } from '../../ui/tables.js'
import { accountsTable } from './accounts-table.js'
import { batcherStyles } from './batcher-styles.js'
import { History, WINDOW_MS } from './history.js'
import { panelsOf, rateText, reasonText } from './panels.js'
import type { Panel, PanelSeries } from './panels.js'
import { readSample } from './sample.js'
import type { Look, Stats } from './sample.js'

const LOOK_MS = 1_000

class BatcherPage extends LitElement implements PageElement {
  static override properties = {
    params: { attribute: false },
    stats: { state: true },
    fault: { state: true },
    moment: { state: true },
    isPaused: { state: true },
  }

  static override styles = [controls, tables, chartColors, batcherStyles]

  declare params: URLSearchParams
  declare stats: Stats | undefined
  declare fault: string
  /** Index of the sample that is pointed at. */
  declare moment: number | undefined
  declare isPaused: boolean
  readonly #history = new History()
  #before: Look | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.fault = ''
    this.isPaused = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#onKey)
    document.addEventListener('visibilitychange', this.#lookAgain)
    void this.#look()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#onKey)
    document.removeEventListener('visibilitychange', this.#lookAgain)
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const beganMs = performance.now()
    try {
      const stats = await client.logBatcher.stats()
      const look = { stats, atMs: Date.now() }
      this.#history.push(look.atMs, readSample(look, this.#before))
      this.#before = look
      this.stats = stats
      this.fault = ''
    } catch {
      this.#history.push(Date.now())
      this.#before = undefined
      this.fault = 'hero_proc does not answer: trying again'
    }
    this.requestUpdate()
    const spentMs = performance.now() - beganMs
    this.#timer = setTimeout(this.#lookAgain, Math.max(0, LOOK_MS - spentMs))
  }

  /** Nobody is asked while nobody looks. */
  readonly #lookAgain = (): void => {
    clearTimeout(this.#timer)
    if (this.isConnected && !this.isPaused && !document.hidden) void this.#look()
  }

  readonly #togglePause = (): void => {
    this.isPaused = !this.isPaused
    this.#lookAgain()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'p' && !event.ctrlKey && !event.metaKey && !event.altKey) this.#togglePause()
  }

  readonly #onMoment = (event: ChartMoment): void => {
    this.moment = event.detail ?? undefined
  }

  override render(): TemplateResult {
    const { stats } = this
    return html`
      <header>
        <h1>Batcher</h1>
        <p class="fault" role="status">${this.fault}</p>
        <button aria-pressed=${this.isPaused} aria-keyshortcuts="p" @click=${this.#togglePause}>
          ${this.isPaused ? 'Go on' : 'Pause'}
        </button>
      </header>
      ${stats === undefined ? nothing : this.#content(stats)}
    `
  }

  #content(stats: Stats): TemplateResult {
    return html`
      ${summary(stats)}
      <div class="panels" @chart-moment=${this.#onMoment}>
        ${panelsOf(this.#history, stats).map((panel) => this.#panel(panel))}
      </div>
      <section class="card" aria-labelledby="accounts">
        <h2 id="accounts">Accounts</h2>
        <div class="scroller" tabindex="0" role="group" aria-labelledby="accounts">
          ${accountsTable(stats, logHref)}
        </div>
      </section>
    `
  }

  #panel({ title, about, format, isBinary = false, series, facts }: Panel): TemplateResult {
    const times = this.#history.timesMs
    const index = this.moment ?? times.length - 1
    const at = this.moment === undefined ? 'now' : clockOf(times[index] ?? Date.now())
    return html`<figure class="card">
      <h2>${title}</h2>
      <line-chart
        group="batcher"
        label=${`${about}, over the last ${WINDOW_MS / 60_000} minutes. The table beside it has the figures.`}
        .timesMs=${times}
        .series=${series}
        .format=${format}
        .isBinary=${isBinary}
      ></line-chart>
      <table>
        <caption class="hidden-text">
          ${about}
        </caption>
        <thead>
          <tr>
            <th scope="col"><span class="hidden-text">What</span></th>
            <th scope="col" class="number">${at}</th>
          </tr>
        </thead>
        <tbody>
          ${series.map((one) => seriesRow(one, index, format))}
          ${facts.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row" class="muted">${name}</th>
                <td class="number">${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </figure>`
  }
}

function seriesRow(
  { label, color, values, source }: PanelSeries,
  index: number,
  format: (value: number) => string,
): TemplateResult {
  const value = values[index]
  const name = plainText(label)
  return html`<tr>
    <th scope="row" class="series">
      <svg class="swatch" viewBox="0 0 20 8" aria-hidden="true">${swatch(color)}</svg>
      ${source === undefined ? name : html`<a href=${logHref(source)}>${name}</a>`}
    </th>
    <td class="number">${value == null ? '?' : format(value)}</td>
  </tr>`
}

/** The figures that one looks at first. */
function summary({ sources, totals, queue, writer, store, since }: Stats): TemplateResult {
  const rate = Object.values(sources).reduce((sum, one) => sum + one.rate_1s, 0)
  const reasons = Object.keys(totals.dropped_by).map(reasonText).join(', ')
  const tiles: readonly (readonly [name: string, value: string, more: string, mood: string])[] = [
    ['Coming in', `${rateText(rate)}/s`, `${countText(totals.received_total)} lines ever`, ''],
    [
      'Dropped',
      totals.dropped_total === 0 ? 'none' : countText(totals.dropped_total),
      totals.dropped_total === 0 ? 'no line was lost' : reasons,
      totals.dropped_total === 0 ? 'good' : 'bad',
    ],
    [
      'Queue',
      bytesText(queue.bytes),
      `of ${bytesText(queue.bytes_max)}`,
      queue.bytes > queue.bytes_max / 2 ? 'bad' : '',
    ],
    [
      'Writer',
      writer.failing === null ? `${Math.round(writer.busy_ratio * 100)} % busy` : 'failing',
      writer.failing ?? 'every batch is taken',
      writer.failing === null ? '' : 'bad',
    ],
    [
      'Store',
      bytesText(store.bytes),
      `in ${countText(store.partitions)} ${store.partitions === 1 ? 'file' : 'files'}`,
      '',
    ],
    ['Counted since', clockText(since, 'local'), new Date(since).toLocaleDateString('en-CA'), ''],
  ]
  return html`<dl class="tiles">
    ${tiles.map(
      ([name, value, more, mood]) =>
        html`<div class="card ${mood}">
          <dt>${name}</dt>
          <dd><strong>${value}</strong> <span>${more}</span></dd>
        </div>`,
    )}
  </dl>`
}

function clockOf(ms: number): string {
  return clockText(new Date(ms).toISOString(), 'local')
}

function logHref(source: string): string {
  return hashOf({ page: 'logs', params: new URLSearchParams({ source }) })
}

customElements.define('batcher-page', BatcherPage)
