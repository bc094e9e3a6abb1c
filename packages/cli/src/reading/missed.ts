// A cursor whose lines retention has removed in the meantime: the reader is told how many, and goes on with
// the oldest that are left. A command that only fails would fail for ever with the same cursor file.
import { errorCode } from '../exit.js'
import { say } from '../output.js'

/** What a late cursor has missed, and where to go on. */
export interface Missed {
  readonly lost: number
  readonly oldest_cursor: string
}

/** Returns what a `MissedRotation` says, the library's or an RPC error; undefined for any other error. */
export function missedOf(error: unknown): Missed | undefined {
  if (errorCode(error) !== 'MissedRotation') return undefined
  const { details, data } = error as { details?: Missed; data?: Missed }
  return details ?? data
}

/** Says on stderr what is missing from what is shown. */
export function sayMissed({ lost }: Missed): void {
  const lines = lost === 1 ? 'line was' : 'lines were'
  say(`hero_proc: ${lost.toLocaleString('en-US')} ${lines} removed before they could be shown`)
}
