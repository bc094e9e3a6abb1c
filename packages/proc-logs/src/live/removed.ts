// What retention took before a viewer has seen it, as the store says it.
import type { Missed } from '@hero/logs'

/** What the store says in a `MissedRotation`; undefined for any other error. */
export function missedOf(error: unknown): Missed | undefined {
  const { code, details } = error as { code?: unknown; details?: Missed }
  return code === 'MissedRotation' ? details : undefined
}
