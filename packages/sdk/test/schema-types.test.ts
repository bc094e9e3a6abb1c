import { expect, test } from 'vitest'
import { declareParams, declareType, memberName, typeName } from '../src/schema-types.js'

test('names become types and members', () => {
  expect([typeName('log_batcher.stats'), memberName('list_sources'), memberName('logs')]).toEqual([
    'LogBatcherStats',
    'listSources',
    'logs',
  ])
})

test.each([
  [{ type: 'integer' }, 'number'],
  [{ type: 'null' }, 'null'],
  [{}, 'unknown'],
  [{ const: "it's" }, String.raw`'it\'s'`],
  [{ enum: ['a', 1] }, "'a' | 1"],
  [{ anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'number' }] }, 'string | number'],
  [{ type: 'array', items: { type: 'string' } }, 'readonly string[]'],
  [
    { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    'readonly (string | null)[]',
  ],
  [
    { type: 'object', patternProperties: { '^.*$': { type: 'number' } } },
    'Readonly<Record<string, number>>',
  ],
  [{ type: 'object', properties: {} }, 'Readonly<Record<string, never>>'],
  [{ title: 'LogEntry', type: 'object', properties: { a: {} } }, 'LogEntry'],
])('declareType() writes %j as %s', (schema, text) => {
  if (text !== 'LogEntry') expect(declareType('T', schema)).toBe(`export type T = ${text}\n`)
  expect(declareType('T', { type: 'array', items: schema })).toContain(text)
})

test('declareParams() marks what may be left out and keeps what is said', () => {
  const number = { type: 'number', description: 'how many' }
  expect(
    declareParams('P', [
      { name: 'a', required: true, schema: number },
      { name: 'b-c', schema: { type: 'object', properties: { d: { type: 'boolean' } } } },
    ]),
  ).toMatchInlineSnapshot(`
    "export interface P {
      /** How many. */
      readonly a: number
      readonly 'b-c'?: {
        readonly d?: boolean
      }
    }
    "
  `)
})
