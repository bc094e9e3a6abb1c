// Conditions of the log that a reader can act on, as types; everything else stays an RpcError or a
// TransportError. Compare `.code` across packages.
import { errorCodeName } from '@hero/rpc/browser'

/** The cursor is malformed, or belongs to another store: begin again without it. */
export class InvalidCursorError extends Error {
  readonly code = 'InvalidCursor'
  override readonly name = 'InvalidCursorError'
}

/** Entries after the cursor have been removed by retention or `clear`. */
export class MissedRotationError extends Error {
  readonly code = 'MissedRotation'
  override readonly name = 'MissedRotationError'
  /** How many entries are lost. */
  readonly lost: number
  /** Go on from here: what comes after it is still there. */
  readonly oldestCursor: string

  constructor(message: string, lost: number, oldestCursor: string) {
    super(message)
    this.lost = lost
    this.oldestCursor = oldestCursor
  }
}

/** The typed error for a condition of the log; any other error as it is. */
export function toTyped(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { data = {} } = error as { data?: { lost?: number; oldest_cursor?: string } }
  switch (errorCodeName(error)) {
    case 'InvalidCursor':
      return new InvalidCursorError(error.message, { cause: error })
    case 'MissedRotation':
      return new MissedRotationError(error.message, data.lost ?? 0, data.oldest_cursor ?? '')
    default:
      return error
  }
}
