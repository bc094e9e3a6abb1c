import { expect, test } from 'vitest'
import { createReadClock, wallMicroseconds } from '../src/read-clock.js'

test('wallMicroseconds() is the wall clock as an integer', () => {
  const before = Date.now()
  const now = wallMicroseconds()
  expect(Number.isSafeInteger(now)).toBe(true)
  expect(now).toBeGreaterThanOrEqual((before - 2) * 1000)
  expect(now).toBeLessThanOrEqual((Date.now() + 2) * 1000)
})

test('createReadClock() stands still when the clock is set back', () => {
  const times = [5, 9, 3, 8, 10]
  const clock = createReadClock(() => times.shift() ?? 0)
  expect(clock.last).toBe(0)
  expect([1, 2, 3, 4, 5].map(() => clock.stamp())).toEqual([5, 9, 9, 9, 10])
  expect(clock.last).toBe(10)
})
