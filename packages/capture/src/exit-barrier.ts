// What happens between a child's exit and its announcement: every byte that the child wrote goes through,
// and descendants that still hold its output get a bounded time to end.
//
//   exit ─ drain ─┬─ nobody holds it ─────────────────────────────────────────────► announced
//                 └─ held: read on ─ drainDeadlineMs ─ SIGKILL to the group ─┬─ ended ──► announced
//                                                                            └─ killGraceMs ─► escaped
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tap } from './tap.js'

export interface ExitBarrierOptions {
  readonly taps: readonly Tap[]
  readonly drainDeadlineMs: number
  readonly killGraceMs: number
  readonly killGroup: () => void
}

export interface ExitBarrierResult {
  /** Somebody held the output when the child had exited. */
  readonly heldAtExit: boolean
  /** Somebody held it until the deadline. */
  readonly heldAtDeadline: boolean
  /** Somebody still holds it. */
  readonly escaped: boolean
}

const POLL_MS = 5

/** To be called inside the child's 'exit': it drains before it first waits. */
export async function passExitBarrier(options: ExitBarrierOptions): Promise<ExitBarrierResult> {
  const { taps, drainDeadlineMs, killGraceMs, killGroup } = options
  let held = taps.filter((tap) => tap.release())
  const heldAtExit = held.length > 0
  if (heldAtExit) {
    await withDeadline(Promise.all(held.map((tap) => tap.ended)), drainDeadlineMs)
    held = held.filter((tap) => !tap.isEnded)
  }
  const heldAtDeadline = held.length > 0
  if (heldAtDeadline) killGroup()
  const end = performance.now() + killGraceMs
  while (held.length > 0) {
    held = held.filter((tap) => tap.drain())
    if (held.length === 0 || performance.now() >= end) break
    await sleep(POLL_MS)
  }
  return { heldAtExit, heldAtDeadline, escaped: held.length > 0 }
}

async function withDeadline(done: Promise<unknown>, deadlineMs: number): Promise<void> {
  const timeout = new AbortController()
  const late = sleep(deadlineMs, undefined, { signal: timeout.signal }).catch(() => undefined)
  await Promise.race([done, late])
  timeout.abort()
}
