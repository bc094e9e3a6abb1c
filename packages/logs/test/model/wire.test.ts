// The JSON shape of entries.
import { expect, test } from 'vitest'
import { formatTimestamp, toWire } from '../../src/model/wire.js'

const STORE = '0b9c7a52-3a52-4f8e-9f61-0d9a3f1c2b4d'
const BASE = {
  seq: 7,
  n: 3,
  ts: 1_700_000_000_123_456,
  source: 'web',
  origin: 'pty',
  stream: 'none',
  level: 'none',
  run: 0,
} as const

test('formatTimestamp() writes microseconds', () => {
  expect(formatTimestamp(1_700_000_000_123_456)).toBe('2023-11-14T22:13:20.123456Z')
  expect(formatTimestamp(0)).toBe('1970-01-01T00:00:00.000000Z')
})

test('toWire() leaves out what has no value', () => {
  expect(Object.keys(toWire({ ...BASE, text: '' }, STORE))).toEqual([
    'seq',
    'n',
    'ts',
    'source',
    'origin',
    'text',
    'cursor',
  ])
})

test('toWire() gives bytes that are not UTF-8 as base64', () => {
  const wire = toWire({ ...BASE, bytes: Uint8Array.of(0xff, 0, 10) }, STORE)
  expect(wire.text).toBeUndefined()
  expect(Buffer.from(wire.text_b64!, 'base64')).toEqual(Buffer.from([0xff, 0, 10]))
})
