// What an opened line shows below itself: where it came from, its fields, the whole text, its bytes.
import type { LogEntry } from '@hero/sdk/browser'
import { bytesOf, hexDump } from '../../text/binary.js'
import { plainText } from '../../text/ansi.js'
import { countText } from '../../text/numbers.js'
import { parseStructure, structureRows } from '../../text/structure.js'
import type { Structure } from '../../text/structure.js'
import { fullTimeText } from '../../text/times.js'
import type { TimeStyle } from '../../text/times.js'
import { textOf } from './entry-text.js'

/** What can be done with a line. */
export interface EntryActions {
  readonly copyLine: (entry: LogEntry) => void
  readonly copyLink: (entry: LogEntry) => void
  /** Shows the line among its neighbors; absent if it is already. */
  readonly showContext?: ((entry: LogEntry) => void) | undefined
  /** Shows this line's source alone. */
  readonly onlySource: (entry: LogEntry) => void
}

/** Characters of a whole text; who needs more downloads it. */
const TEXT_CHARACTERS_MAX = 200_000
/** Text up to here is whole in its row already. */
const ROW_CHARACTERS = 2_000
const DEPTH_SHOWN_MAX = 5

/** Makes the elements below an entry. */
export function entryDetails(
  entry: LogEntry,
  style: TimeStyle,
  actions: EntryActions,
): HTMLElement {
  const element = make('div', 'details')
  element.append(factsOf(entry, style))
  const text = textOf(entry)
  if (text.length > ROW_CHARACTERS) {
    element.append(make('pre', '', plainText(text.slice(0, TEXT_CHARACTERS_MAX))))
  }
  const structure = entry.text === undefined ? undefined : parseStructure(text)
  for (const one of [structure, entry.fields]) if (one !== undefined) element.append(tableOf(one))
  if (entry.gap !== undefined) element.append(tableOf({ ...entry.gap }))
  if (entry.text_b64 !== undefined)
    element.append(make('pre', 'hex', hexDump(bytesOf(entry.text_b64))))
  element.append(actionsOf(entry, actions))
  return element
}

function factsOf(entry: LogEntry, style: TimeStyle): HTMLElement {
  const facts = make('div', 'facts')
  const add = (name: string, value: string | number | undefined): void => {
    if (value === undefined) return
    const fact = make('span', '', `${name} `)
    fact.append(make('b', 'number', String(value)))
    facts.append(fact)
  }
  add('at', fullTimeText(entry.ts, style))
  add('source', entry.source)
  add('level', entry.level)
  add('run', entry.run)
  add('through', entry.stream === undefined ? entry.origin : `${entry.origin} ${entry.stream}`)
  add('line', countText(entry.n))
  add('of all', countText(entry.seq))
  add('part', entry.part)
  return facts
}

function tableOf(structure: Structure): HTMLElement {
  const table = make('table', '')
  for (const { depth, key, value, kind } of structureRows(structure)) {
    const row = make('tr', '')
    row.append(
      make('th', `d${Math.min(depth, DEPTH_SHOWN_MAX)}`, plainText(key)),
      make('td', kind, plainText(value ?? '')),
    )
    table.append(row)
  }
  return table
}

function actionsOf(entry: LogEntry, actions: EntryActions): HTMLElement {
  const { copyLine, copyLink, showContext, onlySource } = actions
  const bar = make('div', 'actions')
  const add = (name: string, action: (entry: LogEntry) => void): void => {
    const button = make('button', '', name)
    button.addEventListener('click', () => action(entry))
    bar.append(button)
  }
  add('Copy line', copyLine)
  add('Copy link', copyLink)
  if (showContext !== undefined) add('Show in context', showContext)
  add(`Only ${entry.source}`, onlySource)
  return bar
}

function make(tag: string, name: string, text: string = ''): HTMLElement {
  const element = document.createElement(tag)
  if (name !== '') element.className = name
  element.textContent = text
  return element
}
