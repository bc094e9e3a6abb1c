// The time of reads: microseconds of the wall clock that never run backwards within one capture.

export interface ReadClock {
  /** The time of a read that was just made. */
  stamp(): number
  /** The latest stamp given; 0 before the first. */
  readonly last: number
}

/** Microseconds since the epoch. */
export function wallMicroseconds(): number {
  const wall = Date.now()
  const precise = performance.timeOrigin + performance.now()
  // The precise clock does not follow later adjustments of the wall clock.
  return Math.abs(precise - wall) < 2 ? Math.round(precise * 1000) : wall * 1000
}

/** Guards `now`: when the wall clock is set back, time stands still instead. */
export function createReadClock(now: () => number): ReadClock {
  let last = 0
  return {
    stamp: () => (last = Math.max(last, now())),
    get last() {
      return last
    },
  }
}
