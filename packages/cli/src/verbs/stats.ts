// `hero_proc stats`: the accounts of the log batcher as a table that adds up:
// received = sent + dropped, and sent = stored + queued, in every row and in the totals.
import type { KeyStats, LogBatcherStats } from '@hero/logs'
import type { RpcClient } from '@hero/rpc'
import type { Command } from 'commander'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../connect.js'
import { EXIT } from '../exit.js'
import { interruption } from '../interruption.js'
import { parseCount } from '../options.js'
import { Output } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'
import { formatSize } from '../format-size.js'
import { formatCount, formatTable } from '../table.js'

interface StatsFlags extends SettingFlags {
  readonly watch?: boolean
  readonly interval: string
  readonly json?: boolean
}

/** Takes the cursor home and clears what is below, at a terminal. */
const CLEAR = '\u001b[H\u001b[2J'

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('-w, --watch', 'again and again, until Ctrl-C')
    .option('--interval <seconds>', 'between two looks of --watch', '1')
    .option('--json', 'one JSON object a look')
    .action(async (_: object, self: Command) => {
      process.exitCode = await showStats(self.optsWithGlobals<StatsFlags>())
    })
}

async function showStats(flags: StatsFlags): Promise<number> {
  const intervalMs = parseCount(flags.interval, '--interval', 1) * 1000
  const { client } = await connect(resolveSettings(flags))
  const output = new Output()
  try {
    if (flags.watch) return await watch(client, flags, intervalMs, output)
    await show(client, flags, output)
    return EXIT.ok
  } finally {
    client.close()
  }
}

async function watch(
  client: RpcClient,
  flags: StatsFlags,
  intervalMs: number,
  output: Output,
): Promise<number> {
  const { signal, exitCode } = interruption()
  while (!signal.aborted) {
    if (process.stdout.isTTY && !flags.json) output.write(CLEAR)
    await show(client, flags, output)
    await sleep(intervalMs, undefined, { signal }).catch(() => {})
  }
  return exitCode() ?? EXIT.ok
}

async function show(client: RpcClient, flags: StatsFlags, output: Output): Promise<void> {
  const stats = await client.call<LogBatcherStats>('log_batcher.stats')
  output.write(flags.json ? `${JSON.stringify(stats)}\n` : formatStats(stats))
  await output.flush()
}

type Row = Pick<KeyStats, 'received' | 'sent' | 'stored' | 'queued' | 'dropped'> & {
  readonly name: string
  readonly rate: number | string
  readonly reasons: string
}

/** Writes the accounts as a table with a row of totals, and a line each on queue, writer and store. */
export function formatStats(stats: LogBatcherStats): string {
  const { totals, queue, flush, writer, store } = stats
  const rows = Object.entries(stats.sources).map(([name, one]): Row => {
    const { received, sent, stored, queued, dropped } = one
    const counts = { received, sent, stored, queued, dropped }
    return { name, ...counts, rate: one.rate_1s, reasons: reasonsOf(one.dropped_by) }
  })
  const total: Row = {
    name: 'total',
    received: totals.received_total,
    sent: totals.sent_total,
    stored: totals.stored_total,
    queued: totals.queued_total,
    dropped: totals.dropped_total,
    rate: Math.round(rows.reduce((sum, { rate }) => sum + Number(rate), 0) * 10) / 10,
    reasons: reasonsOf(totals.dropped_by),
  }
  const ordered = [...rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)), total]
  const failing = writer.failing === null ? '' : `, failing: ${writer.failing}`
  return (
    formatTable<Row>(COLUMNS, ordered) +
    `\nqueue   ${formatSize(queue.bytes)} of ${formatSize(queue.bytes_max)}, ${formatCount(queue.lines)} lines, ` +
    `at most ${formatSize(queue.high_water)} so far\n` +
    `flush   ${formatCount(flush.count)} batches, median ${flush.p50_ms} ms, p99 ${flush.p99_ms} ms\n` +
    `writer  busy ${Math.round(writer.busy_ratio * 100)} %, commit p99 ${writer.commit_p99_ms} ms${failing}\n` +
    `store   ${formatSize(store.bytes)} in ${formatCount(store.partitions)} partitions, ` +
    `WAL ${formatSize(store.wal_bytes)}, since ${store.oldest_ts ?? 'now'}\n`
  )
}

const COLUMNS = [
  { title: 'source', value: ({ name }: Row) => name },
  { title: 'received', value: ({ received }: Row) => received },
  { title: 'sent', value: ({ sent }: Row) => sent },
  { title: 'dropped', value: ({ dropped }: Row) => dropped },
  { title: 'stored', value: ({ stored }: Row) => stored },
  { title: 'queued', value: ({ queued }: Row) => queued },
  { title: 'lines/s', value: ({ rate }: Row) => rate },
  { title: 'dropped by', value: ({ reasons }: Row) => reasons },
]

function reasonsOf(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .filter(([, lines]) => lines > 0)
    .map(([reason, lines]) => `${reason} ${formatCount(lines)}`)
    .join(', ')
}
