// Entries as lines: JSON, or the text alone, byte for byte.
import { toWire } from '@hero/logs'
import type { Entry } from '@hero/logs'

export const CONTENT_TYPES = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  text: 'text/plain; charset=utf-8',
} as const

const LINE_END = Buffer.from('\n')

/** One line. As text, parts of a long line are joined again and a last line without an end stays so. */
export function lineOf(entry: Entry, format: 'ndjson' | 'text', storeId: string): Buffer {
  if (format === 'ndjson') return Buffer.from(`${JSON.stringify(toWire(entry, storeId))}\n`)
  const text = entry.bytes === undefined ? Buffer.from(entry.text ?? '') : Buffer.from(entry.bytes)
  const goesOn = entry.part === 'first' || entry.part === 'middle'
  return goesOn || entry.unterminated === true ? text : Buffer.concat([text, LINE_END])
}
