// How an entry reads: its text, what kind of row it is, and whether it goes on what came before.
import type { LogEntry, LogGap } from '@hero/sdk/browser'
import { bytesOf, looseText } from '../../text/binary.js'
import { countText } from '../../text/numbers.js'
import { clockText } from '../../text/times.js'
import type { TimeStyle } from '../../text/times.js'
import { LEVEL_GROUP_NAMES, LEVEL_GROUPS } from './filter.js'
import type { LevelGroup } from './filter.js'

export type EntryKind = 'line' | 'gap' | 'run'

/** Gaps tell of losses; runs begin and end. */
export function kindOf(entry: LogEntry): EntryKind {
  if (entry.gap !== undefined) return 'gap'
  const event = entry.origin === 'system' ? entry.fields?.['event'] : undefined
  return typeof event === 'string' && event.startsWith('run.') ? 'run' : 'line'
}

/** The text of a line; bytes that are no UTF-8 as far as they are text. */
export function textOf({ text, text_b64: base64 }: LogEntry): string {
  if (text !== undefined) return text
  return base64 === undefined ? '' : looseText(bytesOf(base64))
}

/** The group of a level. */
export function levelGroup(level: string | undefined): LevelGroup {
  const name = level ?? 'none'
  const isIn = (group: LevelGroup): boolean =>
    (LEVEL_GROUPS[group] as readonly string[]).includes(name)
  return LEVEL_GROUP_NAMES.find(isIn) ?? 'other'
}

const REASONS: Readonly<Record<string, string>> = {
  queue_full: 'the queue was full',
  disk_full: 'the disk was full',
  store_error: 'the store failed',
  closed: 'hero_proc was stopping',
  removed: 'removed by retention',
}

/** What a gap means: `48 lines of web lost: rate limited, 10:02:11-10:02:13`. */
export function gapText(source: string, gap: LogGap, style: TimeStyle): string {
  const { lines, reason, from_ts: from, to_ts: to } = gap
  const what = `${countText(lines)} ${lines === 1 ? 'line' : 'lines'} of ${source} lost`
  const why = REASONS[reason] ?? reason.replaceAll('_', ' ')
  const [begin, end] = [clockText(from, style), clockText(to, style)]
  return `${what}: ${why}, ${begin === end ? begin : `${begin}\u2013${end}`}`
}

/** Lines of one message come together. */
const MESSAGE_MS_MAX = 250
const CONTINUATION = /^(?:[\t ]+\S|Caused by:|\.\.\. \d+ more|[)\]}]+[,;]?$)/

/** True if the line goes on what `previous` began: a stack trace, or the rest of a line that was split. */
export function continues(entry: LogEntry, previous: LogEntry | undefined): boolean {
  if (previous === undefined || previous.source !== entry.source) return false
  if (previous.stream !== entry.stream || previous.run !== entry.run) return false
  if (kindOf(entry) !== 'line' || kindOf(previous) !== 'line') return false
  if (entry.part === 'middle' || entry.part === 'last') return true
  if (!CONTINUATION.test(entry.text ?? '')) return false
  return Date.parse(entry.ts) - Date.parse(previous.ts) <= MESSAGE_MS_MAX
}
