import { describe, expect, test } from 'vitest'
import { toRecords } from '../src/otlp.js'

const request = (record: object, resource: object = {}): object => ({
  resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }],
})

const only = (record: object, resource?: object) => toRecords(request(record, resource), 10)[0]!

describe('toRecords()', () => {
  test.each([
    [0, undefined],
    [1, 'trace'],
    [4, 'trace'],
    [5, 'debug'],
    [9, 'info'],
    [13, 'warning'],
    [17, 'error'],
    [21, 'crit'],
    [24, 'crit'],
    [25, undefined],
    ['9', 'info'],
    ['SEVERITY_NUMBER_INFO', undefined],
  ])('severity %s is %s', (severityNumber, level) => {
    expect(only({ severityNumber }).record.level).toBe(level)
  })

  test.each([
    ['1795255200000001999', 1_795_255_200_000_001],
    [1_795_255_200_000_000, 1_795_255_200_000],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    [1.5, undefined],
  ])('time %s is %s', (timeUnixNano, ts) => {
    expect(only({ timeUnixNano }).record.ts).toBe(ts)
  })

  test('takes the time of observation where there is no other', () => {
    const record = { timeUnixNano: '0', observedTimeUnixNano: '7000' }
    expect(only(record).record.ts).toBe(7)
  })

  test.each([
    [{ stringValue: 'text' }, 'text', undefined],
    [{ intValue: '12' }, '12', 12],
    [{ intValue: '9223372036854775807' }, '9223372036854775807', undefined],
    [{ boolValue: false }, 'false', false],
    [
      { arrayValue: { values: [{ doubleValue: 1.5 }, { stringValue: 'x' }] } },
      '[1.5,"x"]',
      [1.5, 'x'],
    ],
    [{}, '', undefined],
    [undefined, '', undefined],
  ])('body %j is the text %j', (body, text, field) => {
    const { record } = only({ body })
    expect([record.text, record.fields?.['body']]).toEqual([text, field])
  })

  test('the source is the service, or unknown', () => {
    const attributes = [{ key: 'service.name', value: { stringValue: 'shop' } }]
    expect([only({}, { attributes }).source, only({}).source]).toEqual(['shop', 'unknown_service'])
  })

  test('__proto__ is a key like any other', () => {
    const attributes = [{ key: '__proto__', value: { stringValue: 'x' } }]
    const { fields } = only({ attributes }).record
    expect(Object.keys(fields!)).toEqual(['__proto__'])
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  test.each([
    [{ resourceLogs: 'none' }, /resourceLogs to be an array/],
    [{ resourceLogs: [{ scopeLogs: {} }] }, /scopeLogs to be an array/],
  ])('%j is refused', (wrong, message) => {
    expect(() => toRecords(wrong, 10)).toThrow(message)
  })

  test.each([[null], [1], ['text'], [[]], [{}]])('%j holds no records', (empty) => {
    expect(toRecords(empty, 10)).toEqual([])
  })

  test('takes as many records as it may', () => {
    const many = { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}, {}] }] }] }
    expect(toRecords(many, 3)).toHaveLength(3)
    expect(() => toRecords(many, 2)).toThrow(/at most 2 log records/)
  })
})
