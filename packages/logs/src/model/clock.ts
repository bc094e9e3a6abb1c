// Time as the house stores it: microseconds of the wall clock, never running backwards for one reader.

/** Returns microseconds since the epoch (integer). */
export type Clock = () => number

/** The wall clock in microseconds. `performance` gives what `Date` lacks below the millisecond. */
export const wallClock: Clock = () => {
  const ms = performance.timeOrigin + performance.now()
  // performance's clock does not follow later adjustments of the wall clock: Date does.
  const wall = Date.now()
  return Math.abs(ms - wall) < 2 ? Math.round(ms * 1000) : wall * 1000
}

/** Wraps a clock so that it never runs backwards: an adjusted wall clock stands still instead. */
export function monotonic(clock: Clock): Clock {
  let last = 0
  return () => {
    last = Math.max(last, clock())
    return last
  }
}

/** A clock that follows no later adjustment of the wall clock: what is a minute old by it is that old. */
export function steadyClock(): Clock {
  const offset = Date.now() - performance.now()
  return () => Math.round((offset + performance.now()) * 1000)
}
