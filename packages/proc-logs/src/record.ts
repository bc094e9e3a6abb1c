// An entry as a producer sends it in JSON, and the library's record that it means.
import { shorten } from '@hero/logs'
import type { LogRecord } from '@hero/logs'
import { toMicros } from './filters.js'

/**
 * Reads one entry: `{text | text_b64, level?, ts?, stream?, fields?}`.
 *
 * @throws {TypeError | RangeError} If it is not one; some faults are found by the library.
 */
export function readRecord(entry: unknown): LogRecord {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    const got = shorten(JSON.stringify(entry))
    throw new TypeError(`Expected an entry to be an object, got ${got}`)
  }
  const { text_b64, ts, ...same } = entry as Record<string, unknown>
  if ('run' in same) throw new TypeError('Unknown record key "run"')
  return {
    ...(same as LogRecord),
    ...(text_b64 === undefined ? {} : { bytes: fromBase64(text_b64) }),
    ...(ts === undefined ? {} : { ts: toMicros(ts as string | number, 'ts') }),
  }
}

function fromBase64(text: unknown): Uint8Array {
  if (typeof text === 'string') {
    const bytes = Buffer.from(text, 'base64')
    if (bytes.toString('base64') === text) return bytes
  }
  throw new TypeError('Expected text_b64 to be base64')
}
