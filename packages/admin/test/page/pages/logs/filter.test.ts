// Filters to addresses and back, and to calls.
import { expect, test } from 'vitest'
import {
  filterOf,
  lineConditions,
  NO_FILTER,
  paramsOf,
} from '../../../../src/page/pages/logs/filter.js'
import type { Filter } from '../../../../src/page/pages/logs/filter.js'

const FILTER: Filter = {
  sources: ['web', 'a&b=c'],
  levels: ['error', 'other'],
  stream: 'stderr',
  since: '2026-11-21T10:00:00.000Z',
  until: undefined,
  text: '<b> & "x"',
  isRegex: true,
  hidesOthers: false,
}

test('an address holds the whole filter and the line', () => {
  const params = new URLSearchParams(paramsOf(FILTER, 12).toString())
  expect(filterOf(params)).toEqual(FILTER)
  expect(params.get('at')).toBe('12')
  expect(paramsOf(NO_FILTER).toString()).toBe('')
  expect(filterOf(new URLSearchParams('level=none&stream=x&foo=bar'))).toEqual(NO_FILTER)
})

test('text counts among the conditions only where other lines are hidden', () => {
  expect(lineConditions(FILTER)).toEqual({
    sources: ['web', 'a&b=c'],
    levels: ['emerg', 'alert', 'crit', 'error', 'none'],
    streams: ['stderr'],
    since: '2026-11-21T10:00:00.000Z',
  })
  expect(lineConditions({ ...FILTER, hidesOthers: true })).toMatchObject({ regex: '<b> & "x"' })
})
