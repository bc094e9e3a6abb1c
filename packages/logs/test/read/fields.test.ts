// Conditions on fields: what they mean, and what is refused.
import { expect, test } from 'vitest'
import { fieldConditions, fieldsTest } from '../../src/read/fields.js'
import type { FieldFilters } from '../../src/read/fields.js'

const FIELDS = {
  user: 'Ann',
  status: 500,
  took: '12.5',
  ok: false,
  cause: null,
  tags: ['slow', 'db'],
  http: { method: 'GET', 'route.name': '/a' },
  'otel.scope': 'x',
  empty: '',
}

test.each<[FieldFilters, boolean]>([
  [{ user: 'Ann' }, true],
  [{ user: 'ann' }, false],
  [{ status: 500 }, true],
  [{ status: '500' }, true],
  [{ ok: false, cause: null }, true],
  [{ ok: true }, false],
  [{ 'http.method': 'GET' }, true],
  [{ 'http.route.name': '/a' }, true],
  [{ 'otel.scope': 'x' }, true],
  [{ tags: 'db' }, true],
  [{ http: 'GET' }, false],
  [{ missing: 'x' }, false],
  [{ toString: 'x' }, false],
  [{}, true],
  [['status>=500'], true],
  [['status>500'], false],
  [['status<=500', 'status < 501'], true],
  [['status=500.0'], true],
  [['took>9'], true],
  [['took<9'], false],
  [['user>Am'], true],
  [['user<Am'], false],
  [['user>5'], false],
  [['status!=404'], true],
  [['status!=500'], false],
  [['missing!=1'], false],
  [['user~an'], true],
  [['user~AN'], false],
  [['tags~lo'], true],
  [['cause=null', 'ok=false'], true],
  [['empty='], true],
  [['user=Ann', 'status=404'], false],
  [['status>='], false],
])('%j on the fields is %j', (filters, expected) => {
  const test = fieldsTest({ fields: fieldConditions(filters) })
  expect(test === null || test(FIELDS)).toBe(expected)
})

test.each([
  [['status'], 'got "status"'],
  [['=5'], 'got "=5"'],
  [[' =5'], 'got 0'],
  [[5], 'got 5'],
  [{ user: { name: 'x' } }, 'got {"name":"x"}'],
  [{ '': 1 }, 'got 0'],
  ['user=x', 'got user=x'],
  [Array.from({ length: 33 }, () => 'a=b'), 'got 33'],
])('%j is refused', (filters, message) => {
  expect(() => fieldConditions(filters as never)).toThrow(message)
})
