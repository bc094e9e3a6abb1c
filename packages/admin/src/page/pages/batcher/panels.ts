// What the batcher page charts: each panel has a few series over time, and facts that are only true now.
import { CHART_REST } from '../../ui/chart-colors.js'
import type { ChartSeries } from '../../ui/line-chart.js'
import { countText, shortCount } from '../../text/numbers.js'
import { bytesText, millisecondsText } from '../../text/sizes.js'
import { fullTimeText } from '../../text/times.js'
import type { History } from './history.js'
import type { Stats } from './sample.js'

export interface PanelSeries extends ChartSeries {
  /** The source whose log the name leads to. */
  readonly source?: string
}

export interface Panel {
  readonly title: string
  /** What the chart shows, for those who do not see it. */
  readonly about: string
  readonly format: (value: number) => string
  /** True if the values are bytes. */
  readonly isBinary?: boolean
  readonly series: readonly PanelSeries[]
  readonly facts: readonly (readonly [name: string, value: string])[]
}

/** All panels, in their order. */
export function panelsOf(history: History, stats: Stats): readonly Panel[] {
  return [
    ratesPanel(history),
    queuePanel(history, stats),
    latencyPanel(history, stats),
    dropsPanel(history, stats),
    storePanel(history, stats),
    writerPanel(history, stats),
  ]
}

function ratesPanel(history: History): Panel {
  const known = history.sources.flatMap((source, index) => {
    if (source === undefined) return []
    const values = history.series(({ rates }) => rates.get(source) ?? 0)
    return [{ label: source, source, color: index + 1, values }]
  })
  const rest = history.series(({ rate, rates }) =>
    known.reduce((left, { source }) => left - (rates.get(source) ?? 0), rate),
  )
  const isShown = rest.some((value) => (value ?? 0) >= 0.05)
  return {
    title: 'Lines a second',
    about: 'Lines a second of the busiest sources',
    format: rateText,
    series: isShown ? [...known, { label: 'all others', color: CHART_REST, values: rest }] : known,
    facts: known.length === 0 ? [['Sources that write', 'none']] : [],
  }
}

function queuePanel(history: History, { queue, flush }: Stats): Panel {
  return {
    title: 'Queue',
    about: 'Bytes that wait for the writer',
    format: bytesText,
    isBinary: true,
    series: [
      { label: 'waiting', color: 1, values: history.series(({ queueBytes }) => queueBytes) },
    ],
    facts: [
      ['Lines waiting', countText(queue.lines)],
      ['Most so far', bytesText(queue.high_water)],
      ['Room', bytesText(queue.bytes_max)],
      ['Lines a batch', countText(flush.lines_p50)],
    ],
  }
}

function latencyPanel(history: History, { flush }: Stats): Panel {
  return {
    title: 'Flush and commit',
    about: 'Milliseconds from the first line of a batch to its commit, and of the commit alone',
    format: millisecondsText,
    series: [
      { label: 'flush, median', color: 1, values: history.series(({ flushP50Ms }) => flushP50Ms) },
      { label: 'flush, p99', color: 2, values: history.series(({ flushP99Ms }) => flushP99Ms) },
      { label: 'commit, p99', color: 3, values: history.series(({ commitP99Ms }) => commitP99Ms) },
    ],
    facts: [['Batches', countText(flush.count)]],
  }
}

function dropsPanel(history: History, { totals }: Stats): Panel {
  const reasons = Object.entries(totals.dropped_by).filter(([, lines]) => lines > 0)
  return {
    title: 'Dropped lines a second',
    about: 'Lines lost a second, by reason',
    format: rateText,
    series: history.reasons.map((reason, index) => ({
      label: reasonText(reason),
      color: index + 1,
      values: history.series(({ drops }) => drops.get(reason) ?? 0),
    })),
    facts: [
      ...reasons.map(
        ([reason, lines]) => [`${reasonText(reason)}, ever`, countText(lines)] as const,
      ),
      ['Ever dropped', totals.dropped_total === 0 ? 'none' : countText(totals.dropped_total)],
    ],
  }
}

function storePanel(history: History, { store }: Stats): Panel {
  const { removed, oldest_ts: oldest } = store
  return {
    title: 'Write-ahead log',
    about: 'Bytes of the write-ahead log',
    format: bytesText,
    isBinary: true,
    series: [{ label: 'WAL', color: 1, values: history.series(({ walBytes }) => walBytes) }],
    facts: [
      ['Store', bytesText(store.bytes)],
      ['Partitions', countText(store.partitions)],
      ['Oldest line', oldest === null ? 'none' : fullTimeText(oldest, 'local').slice(0, 16)],
      ['Removed lines', countText(removed.lines)],
    ],
  }
}

function writerPanel(history: History, { store, followers }: Stats): Panel {
  const lag = Math.max(0, ...followers.map(({ lag_lines: lines }) => lines))
  return {
    title: 'Writer',
    about: 'Percent of the time in which the writer works',
    format: (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} %`,
    series: [{ label: 'busy', color: 1, values: history.series(({ busyPercent }) => busyPercent) }],
    facts: [
      ['Followers', countText(followers.length)],
      ['Furthest behind', `${countText(lag)} lines`],
      ['Oldest query', millisecondsText(store.oldest_reader_ms)],
    ],
  }
}

/** Lines a second, zero as well. */
export function rateText(rate: number): string {
  return rate > 0 && rate < 10 ? rate.toFixed(1) : shortCount(Math.round(rate))
}

/** `rate_limit` as `rate limit`. */
export function reasonText(reason: string): string {
  return reason.replaceAll('_', ' ')
}
