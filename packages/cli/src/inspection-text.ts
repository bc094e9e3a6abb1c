// What is known of one service, as people read it: its state, what was asked of it, how its runs ended,
// and what the plugins have to say.
import type {
  LayerHealth,
  OperationRecord,
  RunRecord,
  ServiceHealth,
  ServiceInspection,
  Troubleshooting,
} from '@hero/proc'
import { formatService } from './service-text.js'
import { formatSpan } from './span.js'
import { formatTable } from './table.js'
import { cleanText } from './terminal-text.js'

/** Writes an inspection, or all that helps in trouble. */
export function formatInspection(
  found: ServiceInspection | Troubleshooting,
  nowMs: number,
): string {
  const { status, operations, runs, dependents } = found
  const plugins = 'plugins' in found ? found.plugins : {}
  return [
    formatService(status, nowMs),
    dependents.length === 0 ? '' : `needed by  ${dependents.join(' ')}\n`,
    `\nLast operations\n${operationTable(operations)}`,
    `\nLast runs\n${runTable(runs)}`,
    'health' in found ? `\nHealth\n${formatHealth(found.health)}` : '',
    ...Object.entries(plugins).map(([name, said]) => `\n${capitalized(name)}\n${pluginText(said)}`),
  ].join('')
}

/** Writes how each layer is. */
export function formatHealth({ layers }: ServiceHealth): string {
  return formatTable<LayerHealth>(
    [
      { title: 'layer', value: ({ layer }) => layer },
      { title: 'name', value: ({ name }) => name },
      { title: 'well', value: ({ ok }) => (ok ? 'yes' : 'no') },
      { title: 'detail', value: ({ detail }) => detail },
      { title: 'socket', value: ({ socket }) => socket ?? '' },
    ],
    layers,
  )
}

function operationTable(operations: readonly OperationRecord[]): string {
  return formatTable<OperationRecord>(
    [
      { title: 'operation', value: ({ kind }) => kind },
      { title: 'asked', value: ({ asked_ts }) => time(asked_ts) },
      { title: 'took', value: ({ began_ts, ended_ts }) => span(began_ts, ended_ts) },
      { title: 'state', value: ({ state }) => state },
      { title: 'error', value: ({ error }) => error ?? '' },
    ],
    operations,
  )
}

function runTable(runs: readonly RunRecord[]): string {
  return formatTable<RunRecord>(
    [
      { title: 'run', value: ({ run }) => String(run) },
      { title: 'pid', value: ({ pid }) => (pid === null ? '-' : String(pid)) },
      { title: 'started', value: ({ started_ts }) => time(started_ts) },
      { title: 'lasted', value: ({ started_ts, ended_ts }) => span(started_ts, ended_ts) },
      { title: 'end', value: endOf },
      { title: 'cpu', value: ({ usage }) => (usage === null ? '-' : formatSpan(usage.cpu_ms)) },
      { title: 'memory', value: ({ usage }) => (usage === null ? '-' : mebibytes(usage)) },
    ],
    runs,
  )
}

function endOf({ ended_ts, code, signal, error }: RunRecord): string {
  if (error !== undefined) return error
  return ended_ts === null ? '' : (signal ?? String(code))
}

function mebibytes({ memory_peak_bytes }: NonNullable<RunRecord['usage']>): string {
  return `${(memory_peak_bytes / 2 ** 20).toFixed(1)} MiB`
}

function time(ts: number): string {
  return new Date(ts / 1_000).toISOString().slice(0, 19)
}

function span(fromTs: number | null, toTs: number | null): string {
  if (fromTs === null || toTs === null) return ''
  const ms = (toTs - fromTs) / 1_000
  return ms < 1_000 ? `${Math.round(ms)} ms` : formatSpan(ms)
}

/** Entries are shown as lines, anything else as JSON. */
function pluginText(said: unknown): string {
  const { entries } = (said ?? {}) as { entries?: readonly { ts: string; text?: string }[] }
  if (!Array.isArray(entries)) return `${JSON.stringify(said)}\n`
  const lines = (entries as { ts: string; text?: string }[]).map(
    ({ ts, text = '(bytes)' }) => `${ts.slice(0, 19)} ${cleanText(text, { colors: false })}\n`,
  )
  return lines.join('')
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
