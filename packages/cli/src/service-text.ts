// Services as people read them.
import type { ServiceStatus } from '@hero/proc'
import { formatSpan } from './span.js'
import { formatTable } from './table.js'
import { cleanText } from './terminal-text.js'

/** Characters of a command in a table. */
const COMMAND_LENGTH_MAX = 60

/** Writes a line for each service. */
export function serviceTable(services: readonly ServiceStatus[], nowMs: number): string {
  return formatTable<ServiceStatus>(
    [
      { title: 'name', value: ({ name }) => name },
      { title: 'state', value: ({ state }) => state },
      { title: 'pid', value: ({ pid }) => (pid === null ? '-' : String(pid)) },
      { title: 'run', value: ({ run }) => (run === null ? '-' : String(run)) },
      { title: 'up', value: ({ started_ts }) => spanSince(started_ts, nowMs) },
      { title: 'restarts', value: ({ restarts }) => restarts },
      { title: 'last exit', value: lastExit },
      { title: 'command', value: ({ definition }) => shortened(commandOf(definition)) },
    ],
    services,
  )
}

/** Writes all there is to say about one service. */
export function formatService(status: ServiceStatus, nowMs: number): string {
  const { name, state, pid, run, started_ts, restarts, definition } = status
  const rows = [
    ['service', name],
    ['state', state],
    ['pid', pid === null ? '-' : String(pid)],
    ['run', run === null ? '-' : String(run)],
    ['up', spanSince(started_ts, nowMs)],
    ['restarts', String(restarts)],
    ['last exit', lastExit(status)],
    ['command', commandOf(definition)],
    ['capture', definition.capture],
    ['restart', definition.restart],
    ['ready', readinessOf(definition)],
    ['needs', definition.depends_on.join(' ') || '-'],
    ['cwd', definition.cwd ?? '-'],
    ['user', definition.user ?? '-'],
    ['env', Object.keys(definition.env ?? {}).join(' ') || '-'],
    ['log', settingsOf(definition)],
  ] as const
  return rows.map(([key, value]) => `${key.padEnd(9)}  ${oneLine(value)}\n`).join('')
}

function settingsOf({ log }: ServiceStatus['definition']): string {
  return log === undefined || Object.keys(log).length === 0 ? '-' : JSON.stringify(log)
}

function readinessOf({ ready }: Pick<ServiceStatus['definition'], 'ready'>): string {
  const { type, fd, path, url, pattern } = ready
  const how = fd ?? path ?? url ?? pattern
  return how === undefined ? 'at once' : `${type}:${how}`
}

function lastExit({ last_exit: exit }: ServiceStatus): string {
  if (exit === null) return '-'
  if (exit.error !== undefined) return exit.error.code
  return exit.signal ?? String(exit.code)
}

function spanSince(startedTs: number | null, nowMs: number): string {
  return startedTs === null ? '-' : formatSpan(Math.max(nowMs - startedTs / 1000, 0))
}

function commandOf({ command }: { readonly command: readonly string[] }): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ')
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function shortened(text: string): string {
  return text.length <= COMMAND_LENGTH_MAX ? text : `${text.slice(0, COMMAND_LENGTH_MAX - 3)}...`
}

function oneLine(text: string): string {
  return cleanText(text, { colors: false }).replaceAll('\n', ' ')
}
