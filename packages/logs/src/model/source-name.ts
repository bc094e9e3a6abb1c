// Which names a source may have: readable on one line, usable as a file name and in a URL path.
import { LIMITS } from './limits.js'
import { LogsError } from './errors.js'

/** The reserved source of the supervisor's own messages. */
export const OWN_SOURCE = 'hero_proc'

// Control characters (C0, DEL, C1), line separators and bidirectional overrides.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/**
 * Returns the name if a source may have it.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {LogsError} `InvalidName` if it is empty, longer than 255 bytes of UTF-8, `.` or `..`, or holds
 * `/`, `*`, a control character, a lone surrogate, or blanks at an end.
 */
export function checkSourceName(name: string): string {
  if (typeof name !== 'string') {
    throw new TypeError(`Expected a source name (string), got ${typeof name}`)
  }
  const fault = faultOf(name)
  if (fault === undefined) return name
  throw new LogsError('InvalidName', `Source name ${shown(name)} ${fault}`, {
    hint: 'Use 1 to 255 bytes without "/", "*", control characters or blanks at the ends',
  })
}

function faultOf(name: string): string | undefined {
  if (name === '') return 'is empty'
  const bytes = Buffer.byteLength(name)
  if (bytes > LIMITS.sourceNameBytesMax) {
    return `is ${bytes} bytes long, expected at most ${LIMITS.sourceNameBytesMax}`
  }
  if (name === '.' || name === '..') return 'is a path, not a name'
  if (name.includes('/') || name.includes('*')) return 'holds "/" or "*"'
  if (UNPRINTABLE.test(name)) return 'holds a control character'
  if (Buffer.from(name).toString() !== name) return 'holds a lone surrogate'
  if (name.trim() !== name) return 'begins or ends with a blank'
  return undefined
}

function shown(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}...` : name)
}
