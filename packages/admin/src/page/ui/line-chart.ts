// A chart of values over time, drawn by uPlot in the theme's colors. It is a picture: the figures stand in a
// table beside it, which the page keeps. Charts with the same `group` show the same moment when one is
// pointed at, and tell it with `chart-moment`.
import { css, html, LitElement, unsafeCSS } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import uPlot from 'uplot'
import plotStyles from 'uplot/dist/uPlot.min.css?inline'
import { clockText } from '../text/times.js'
import { onThemeChange } from '../app/theme.js'
import { chartColors, CHART_DASHES } from './chart-colors.js'

export interface ChartSeries {
  readonly label: string
  /** Of the palette, from 1. */
  readonly color: number
  /** One a time; null where nothing is known. */
  readonly values: readonly (number | null)[]
}

/** What `chart-moment` tells: the index of a time, or nothing when no chart is pointed at. */
export type ChartMoment = CustomEvent<number | null>

const HEIGHT = 150
/** A chart that has just begun is not a sliver: seconds. */
const SHORTEST_S = 60
const TIME_STEPS = [10, 30, 60, 120, 300, 600]
const BINARY_STEPS = Array.from({ length: 40 }, (_, power) => 2 ** power)

class LineChart extends LitElement {
  static override properties = {
    label: {},
    group: {},
    timesMs: { attribute: false },
    series: { attribute: false },
    format: { attribute: false },
    isBinary: { attribute: false },
  }

  static override styles = [
    unsafeCSS(plotStyles),
    chartColors,
    css`
      :host {
        display: block;
        min-width: 0;
        height: ${HEIGHT}px;
      }

      .u-cursor-x {
        border-right: 1px solid var(--border-strong) !important;
      }

      #probe {
        display: none;
      }
    `,
  ]

  declare label: string
  declare group: string
  declare timesMs: readonly number[]
  declare series: readonly ChartSeries[]
  declare format: (value: number) => string
  /** Values are bytes: the lines of the grid stand at powers of two. */
  declare isBinary: boolean
  #plot: uPlot | undefined
  #drawn = ''
  #endThemeWatch: (() => void) | undefined
  readonly #resize = new ResizeObserver(() => {
    this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT })
  })

  override connectedCallback(): void {
    super.connectedCallback()
    this.#resize.observe(this)
    this.#endThemeWatch = onThemeChange(() => {
      this.#drawn = ''
      this.requestUpdate()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resize.disconnect()
    this.#endThemeWatch?.()
    this.#plot?.destroy()
    this.#plot = undefined
    this.#drawn = ''
  }

  override render(): TemplateResult {
    return html`<div id="plot" role="img" aria-label=${this.label}></div>
      <span id="probe"></span>`
  }

  override updated(_changed: PropertyValues): void {
    const shape = this.series.map(({ label, color }) => `${color} ${label}`).join('\n')
    const data: uPlot.AlignedData = [
      this.timesMs.map((ms) => ms / 1_000),
      ...this.series.map(({ values }) => [...values]),
    ]
    if (this.#plot !== undefined && shape === this.#drawn) return this.#plot.setData(data)
    this.#plot?.destroy()
    const root = this.renderRoot.querySelector<HTMLElement>('#plot')
    if (root === null) return
    this.#plot = new uPlot(this.#options(), data, root)
    this.#drawn = shape
  }

  #options(): uPlot.Options {
    const muted = this.#color('--muted')
    const font = `11px ${getComputedStyle(this).fontFamily}`
    const axis = {
      stroke: muted,
      font,
      ticks: { show: false },
      grid: { stroke: this.#color('--border'), width: 1 },
    }
    return {
      width: this.clientWidth,
      height: HEIGHT,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 6 },
        sync: { key: this.group, setSeries: false },
      },
      scales: {
        x: { range: (_plot, min, max) => [Math.min(min, max - SHORTEST_S), max] },
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          space: 70,
          incrs: TIME_STEPS,
          values: (_plot, splits) => splits.map(clock),
        },
        {
          ...axis,
          size: 62,
          gap: 6,
          space: 30,
          ...(this.isBinary ? { incrs: BINARY_STEPS } : {}),
          values: (_plot, splits) => splits.map((value) => this.format(value)),
        },
      ],
      series: [
        {},
        ...this.series.map(({ label, color }) => ({
          label,
          stroke: this.#color(`--chart-${color}`),
          width: 1.5,
          points: { show: false },
          dash: [...(CHART_DASHES[color - 1] ?? [])],
        })),
      ],
      hooks: { setCursor: [(plot) => this.#tell(plot)] },
    }
  }

  #tell({ cursor }: uPlot): void {
    const detail = (cursor.left ?? -1) < 0 ? null : (cursor.idx ?? null)
    this.dispatchEvent(new CustomEvent('chart-moment', { detail, bubbles: true, composed: true }))
  }

  /** What a token is worth here and now: a canvas knows no `light-dark()`. */
  #color(token: string): string {
    const probe = this.renderRoot.querySelector<HTMLElement>('#probe')
    if (probe === null) return ''
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
}

function clock(second: number): string {
  return clockText(new Date(second * 1_000).toISOString(), 'local')
}

customElements.define('line-chart', LineChart)
