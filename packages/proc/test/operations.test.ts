import { expect, test } from 'vitest'
import { Operations, OPERATIONS_KEPT } from '../src/operations.js'

test('Operations never interleave, and a failure stops none behind it', async () => {
  const operations = new Operations()
  const told: string[] = []
  const step = (name: string) => async () => {
    told.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    told.push(`${name} ends`)
    if (name === 'b') throw new Error('b is broken')
  }
  const results = await Promise.allSettled([
    operations.add('start', step('a')),
    operations.add('stop', step('b')),
    operations.add('restart', step('c')),
  ])
  expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(operations.records()).toMatchObject([
    { id: 1, kind: 'start', state: 'done' },
    { id: 2, kind: 'stop', state: 'failed', error: 'b is broken' },
    { id: 3, kind: 'restart', state: 'done' },
  ])
})

test('Operations show what waits and what goes on, and keep the newest records', async () => {
  const operations = new Operations()
  let finish = (): void => undefined
  const first = operations.add('start', () => new Promise((resolve) => (finish = resolve)))
  const second = operations.add('stop', () => Promise.resolve())
  expect(operations.records()).toMatchObject([
    { state: 'running', ended_ts: null },
    { state: 'waiting', began_ts: null },
  ])
  finish()
  await Promise.all([first, second])
  for (let i = 0; i < OPERATIONS_KEPT; i++) await operations.add('again', () => Promise.resolve())
  const records = operations.records()
  expect(records).toHaveLength(OPERATIONS_KEPT)
  expect(records.at(0)?.id).toBe(3)
})
