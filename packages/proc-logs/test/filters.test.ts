// Filters as they come over the wire.
import { expect, test } from 'vitest'
import { toFollowOptions, toMicros, toQuery } from '../src/filters.js'

test.each([
  ['1970-01-01T00:00:01Z', 1_000_000],
  ['1970-01-01T00:00:01.5Z', 1_500_000],
  ['1970-01-01T01:00:00.000001+01:00', 1],
  ['2023-11-14T22:13:20.123456789Z', 1_700_000_000_123_456],
  ['1970-01-01T00:00:00.000249Z', 249],
  [42, 42],
])('toMicros(%j) is %d', (time, micros) => {
  expect(toMicros(time, 'since')).toBe(micros)
})

test.each(['yesterday', '', '2023-11-14', '2023-13-14T22:13:20Z', '2023-11-14 22:13:20Z'])(
  'toMicros() refuses %j',
  (time) => {
    expect(() => toMicros(time, 'since')).toThrow('Expected since in RFC 3339 or microseconds')
  },
)

test('toQuery() translates times and keeps the rest', () => {
  expect(toQuery({ sources: ['a'], until: '1970-01-01T00:00:01Z', limit: 7 })).toEqual({
    sources: ['a'],
    until: 1_000_000,
    limit: 7,
  })
})

test('toFollowOptions() reads repeated keys and numbers', () => {
  const text = 'sources=a&sources=b&streams=stderr&runs=1&runs=2&tail=10&since=5&contains=x%20y'
  expect(toFollowOptions(new URLSearchParams(text))).toEqual({
    sources: ['a', 'b'],
    streams: ['stderr'],
    runs: [1, 2],
    since: 5,
    contains: 'x y',
    tail: 10,
  })
  expect(toFollowOptions(new URLSearchParams('runs=last')).runs).toBe('last')
})

test('toFollowOptions() refuses unknown parameters', () => {
  expect(() => toFollowOptions(new URLSearchParams('source=a'))).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Unknown parameter "source"]`,
  )
})
