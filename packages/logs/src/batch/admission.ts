// Which lines of an intake a rate limit lets in: neighbours with the same answer stay together. Only
// sources with a limit pay for looking at lines here.
import { findLevel } from '../model/find-level.js'
import type { Intake } from './intake.js'
import { FLAG } from './packed-buffer.js'
import type { RateLimiter } from './rate-limit.js'

export interface Admission {
  readonly part: Intake
  readonly isAdmitted: boolean
}

/** Splits an intake into runs of lines that are let in, and runs that are not, in order; `now` in microseconds. */
export function* admitted(intake: Intake, limiter: RateLimiter, now: number): Iterable<Admission> {
  const { start, end, level, flags } = intake
  const bytes = Buffer.from(intake.bytes.buffer, intake.bytes.byteOffset, intake.bytes.byteLength)
  const levelOf = (from: number, to: number): number =>
    level >= 0 ? level : findLevel(bytes, from, to)
  if (flags & FLAG.record || intake.lines === 1) {
    yield { part: intake, isAdmitted: limiter.admits(levelOf(start, end), now) }
    return
  }
  let from = start
  let lines = 0
  let isAdmitted: boolean | undefined
  for (let at = start; at < end;) {
    const next = bytes.indexOf(10, at) + 1
    const answer = limiter.admits(levelOf(at, next - 1), now)
    if (isAdmitted !== undefined && answer !== isAdmitted) {
      yield { part: { ...intake, start: from, end: at, lines }, isAdmitted }
      from = at
      lines = 0
    }
    isAdmitted = answer
    lines++
    at = next
  }
  if (isAdmitted !== undefined) yield { part: { ...intake, start: from, lines }, isAdmitted }
}
