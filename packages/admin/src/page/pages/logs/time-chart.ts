// How many lines there were when, worst levels at the bottom. Dragging chooses a range, a click jumps.
import { css, html, LitElement, unsafeCSS } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import uPlot from 'uplot'
import plotStyles from 'uplot/dist/uPlot.min.css?inline'
import { onThemeChange } from '../../app/theme.js'
import { client } from '../../client.js'
import { clockText, dayText } from '../../text/times.js'
import { LEVEL_GROUPS, lineConditions, showSameLines } from './filter.js'
import type { Filter } from './filter.js'

const HEIGHT = 64
const BUCKETS = 120
/** Asked again while lines come; never so often that counting takes more than a tenth of the time. */
const ASK_MS_MIN = 4_000
const COST_FACTOR = 10

/** Fires `range` with `{since, until}` in RFC 3339, and `jump` with a time. */
export class TimeChart extends LitElement {
  static override properties = { filter: { attribute: false }, summary: { state: true } }

  static override styles = [
    unsafeCSS(plotStyles),
    css`
      :host {
        display: block;
        height: ${HEIGHT}px;
        overflow: hidden;
        border-bottom: 1px solid var(--border);
        background: var(--bg);
        cursor: crosshair;
      }

      .u-select {
        background: var(--accent);
        opacity: 0.2;
      }

      .u-cursor-x {
        border-right: 1px solid var(--border-strong) !important;
      }

      #probe {
        display: none;
      }

      .hidden-text {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    `,
  ]

  declare filter: Filter
  declare summary: string
  #plot: uPlot | undefined
  #timer = 0
  #asking = new AbortController()
  #bucketMs = 0
  #endThemeWatch: (() => void) | undefined
  readonly #resize = new ResizeObserver(() => {
    this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT })
  })

  constructor() {
    super()
    this.summary = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#resize.observe(this)
    this.#endThemeWatch = onThemeChange(() => {
      this.#plot?.destroy()
      this.#plot = undefined
      this.#ask()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resize.disconnect()
    this.#endThemeWatch?.()
    this.#giveUp()
    this.#plot?.destroy()
    this.#plot = undefined
  }

  override render(): TemplateResult {
    return html`<div id="chart" aria-hidden="true"></div>
      <span id="probe"></span>
      <p class="hidden-text">${this.summary}</p>`
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    if (!changed.has('filter')) return
    const before = changed.get('filter')
    if (before === undefined || !showSameLines(before, this.filter)) this.#ask()
  }

  #ask(): void {
    this.#giveUp()
    this.#asking = new AbortController()
    void this.#askOnce(this.#asking.signal)
  }

  /** What is no longer wanted is not counted to its end. */
  #giveUp(): void {
    this.#asking.abort()
    clearTimeout(this.#timer)
  }

  async #askOnce(signal: AbortSignal): Promise<void> {
    const startMs = performance.now()
    try {
      if (!document.hidden) {
        const wanted = { ...lineConditions(this.filter), buckets: BUCKETS }
        const counted = await client.logs.histogram(wanted, { signal })
        if (signal.aborted) return
        this.#draw(counted)
      }
    } catch {
      // The lines say what is wrong.
    }
    if (signal.aborted) return
    const waitMs = Math.max(ASK_MS_MIN, (performance.now() - startMs) * COST_FACTOR)
    this.#timer = window.setTimeout(() => void this.#askOnce(signal), waitMs)
  }

  #draw({ buckets, bucket_us: width }: Awaited<ReturnType<typeof client.logs.histogram>>): void {
    this.#bucketMs = width / 1_000
    const of = (
      levels: Readonly<Record<string, number | undefined>>,
      names: readonly string[],
    ): number => names.reduce((sum, name) => sum + (levels[name] ?? 0), 0)
    const errors = buckets.map(({ levels }) => of(levels, LEVEL_GROUPS.error))
    const warnings = buckets.map(({ levels }, index) => {
      return (errors[index] ?? 0) + of(levels, LEVEL_GROUPS.warning)
    })
    const totals = buckets.map(({ total }) => total)
    const times = buckets.map(({ ts }) => Date.parse(ts) / 1_000)
    const lines = totals.reduce((sum, one) => sum + one, 0)
    this.summary = `${lines} lines in this range, ${errors.reduce((sum, one) => sum + one, 0)} of them errors`
    this.#plot ??= this.#make()
    this.#plot.setData([times, totals, warnings, errors])
  }

  #make(): uPlot {
    const parent = this.renderRoot.querySelector<HTMLElement>('#chart')!
    const muted = this.#color('--muted')
    const line = this.#color('--border')
    const bars = uPlot.paths.bars?.({ size: [0.85, 40], align: 1 })
    const series = (name: string, fill: string): uPlot.Series => ({
      label: name,
      fill: this.#color(fill),
      width: 0,
      points: { show: false },
      ...(bars === undefined ? {} : { paths: bars }),
    })
    const axis = { stroke: muted, font: '11px system-ui', grid: { stroke: line, width: 1 } }
    return new uPlot(
      {
        width: this.clientWidth,
        height: HEIGHT,
        padding: [6, 26, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
        scales: {
          x: { range: (_, from, to) => [from ?? 0, (to ?? 1) + this.#bucketMs / 1_000] },
          y: { range: (_, __, max) => [0, Math.max(1, max ?? 1)] },
        },
        axes: [
          {
            ...axis,
            size: 20,
            space: 80,
            ticks: { show: false },
            grid: { show: false },
            values: (_, splits) => splits.map(timeLabel),
          },
          { ...axis, size: 44, ticks: { show: false }, splits: (_, __, ___, max) => [0, max] },
        ],
        series: [
          {},
          series('all', '--chart-bar'),
          series('warnings', '--warning'),
          series('errors', '--error'),
        ],
        hooks: {
          setSelect: [(plot) => this.#onSelect(plot)],
          ready: [(plot) => this.#listen(plot)],
        },
      },
      [[], [], [], []],
      parent,
    )
  }

  #listen(plot: uPlot): void {
    plot.over.addEventListener('click', () => {
      const { left } = plot.cursor
      if (plot.select.width > 2 || left === undefined || left < 0) return
      const ts = new Date(plot.posToVal(left, 'x') * 1_000).toISOString()
      this.dispatchEvent(new CustomEvent('jump', { detail: ts }))
    })
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select
    if (width <= 2) return
    const time = (at: number): string => new Date(plot.posToVal(at, 'x') * 1_000).toISOString()
    const detail = { since: time(left), until: time(left + width) }
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    this.dispatchEvent(new CustomEvent('range', { detail }))
  }

  /** A token of the theme as a canvas takes it. */
  #color(token: string): string {
    const probe = this.renderRoot.querySelector<HTMLElement>('#probe')!
    probe.style.setProperty('color', `var(${token})`)
    return getComputedStyle(probe).color
  }
}

/** A time of day; at midnight, the day. */
function timeLabel(second: number): string {
  const ts = new Date(second * 1_000).toISOString()
  const clock = clockText(ts, 'local')
  return clock === '00:00:00' ? dayText(ts, 'local').slice(5) : clock.replace(/:00$/, '')
}

customElements.define('time-chart', TimeChart)
