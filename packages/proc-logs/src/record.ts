// An entry as a producer sends it in JSON, and the library's record that it means.
import type { LogRecord } from '@hero/logs'
import { toMicros } from './filters.js'

/** Characters of a bad entry that its error repeats: an answer must not be as large as its request. */
const GOT_CHARACTERS_MAX = 100

/**
 * Reads one entry: `{text | text_b64, level?, ts?, stream?, fields?}`.
 *
 * @throws {TypeError | RangeError} If it is not one; some faults are found by the library.
 */
export function readRecord(entry: unknown): LogRecord {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    const got = JSON.stringify(entry)
    const isLong = got.length > GOT_CHARACTERS_MAX
    const shown = isLong ? `${got.slice(0, GOT_CHARACTERS_MAX)}…` : got
    throw new TypeError(`Expected an entry to be an object, got ${shown}`)
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
