// Lines that came before the store: what is held, what is not, and what is in the store afterwards.
import { HeldLines, LIMITS, openLogs } from '@hero/logs'
import type { Logs } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import {
  expectConservation,
  expectNumbersProveLosses,
  freshDir,
  readAll,
  region,
} from '../support.js'

const MIB = 1_048_576

async function open(dir: string, held?: HeldLines, queueBytesMax = 2 * MIB): Promise<Logs> {
  const logs = await openLogs({ dir, queueBytesMax }, held)
  onTestFinished(() => logs.close())
  return logs
}

test('openLogs() numbers held lines behind those of the store, and their sinks stay good', async () => {
  const dir = freshDir()
  const earlier = await open(dir)
  earlier.sink({ source: 'web', origin: 'rpc' }).write({ text: 'earlier' })
  await earlier.close()

  const held = new HeldLines()
  const sink = held.sink({ source: 'web', origin: 'rpc' })
  expect(sink.write({ text: 'held', ts: 5, level: 'error', fields: { a: 1 } })).toEqual({ seq: 0 })
  const lines = region('a\nb\n')
  expect(sink.writeLines(lines, 3)).toBeUndefined()
  // Its bytes are only good during the call.
  lines.bytes.fill(0)
  expect([sink.lastSeq, held.figures]).toEqual([0, { lines: 3, dropped: 0 }])
  await expect(held.sync()).rejects.toMatchObject({ code: 'Unavailable' })

  const logs = await open(dir, held)
  expect(sink.write({ text: 'later' })).toEqual({ seq: 5 })
  expect(sink.lastSeq).toBe(5)
  await held.sync()
  const entries = await readAll(logs)
  expect(entries.map(({ seq, n, text, run }) => [seq, n, text, run])).toEqual([
    [1, 1, 'earlier', 0],
    [2, 2, 'held', 0],
    [3, 3, 'a', 3],
    [4, 4, 'b', 3],
    [5, 5, 'later', 0],
  ])
  expect(entries[1]).toMatchObject({ ts: 5, level: 'error', fields: { a: 1 } })
  expectConservation(logs.stats())
})

test('sink() refuses what a sink of a store refuses', () => {
  const held = new HeldLines()
  expect(() => held.sink({ source: '', origin: 'rpc' })).toThrow()
  const sink = held.sink({ source: 'web', origin: 'rpc' })
  expect(() => sink.write({ text: 'x', colour: 1 } as never)).toThrow('Unknown record key')
  const fields = 'y'.repeat(1_000_000) as never
  expect(() => sink.write({ text: 'x', fields })).toThrow(/^Expected fields to .{0,200}…$/)
  sink.close()
  expect(sink.write({ text: 'x' })).toEqual({ seq: 0, dropped: 'closed' })
  expect(held.figures).toEqual({ lines: 0, dropped: 1 })
})

test('a flood is bounded and told by one gap; a quiet source loses nothing', async () => {
  const held = new HeldLines(2 * MIB)
  const noisy = held.sink({ source: 'noisy', origin: 'ws' })
  const quiet = held.sink({ source: 'quiet', origin: 'rpc' })
  for (let i = 0; i < 10_000; i++) {
    noisy.write({ text: 'x'.repeat(1_000), ts: i })
    if (i % 100 === 0) expect(quiet.write({ text: `tick ${i}` }).dropped).toBeUndefined()
  }
  expect(noisy.write({ text: '', ts: 10_000 }).dropped).toBe('queue_full')
  expect(noisy.write({ text: 'x'.repeat(600_000) }).dropped).toBe('too_large')
  const { lines, dropped } = held.figures
  expect(lines * 1_000).toBeLessThan(MIB)

  const logs = await open(freshDir(), held)
  await logs.sync()
  const { sources } = logs.stats()
  expect(sources['ws:noisy']).toMatchObject({ received: 10_002, dropped })
  expect(sources['ws:noisy']!.dropped_by).toEqual({ queue_full: dropped - 1, too_large: 1 })
  expect(sources['rpc:quiet']).toMatchObject({ received: 100, stored: 100, dropped: 0 })
  expectConservation(logs.stats())
  const entries = await readAll(logs)
  const gaps = entries.flatMap(({ gap }) => gap ?? [])
  const [full] = gaps
  expect(gaps.map(({ reason }) => reason)).toEqual(['queue_full', 'too_large'])
  expect(full).toMatchObject({ lines: dropped - 1, from_ts: lines - 100, to_ts: 10_000 })
  expectNumbersProveLosses(entries, { noisy: 10_004, quiet: 100 })
})

test('a source that found no room stays out: its losses are behind what was held of it', () => {
  const held = new HeldLines(2 * MIB)
  const sink = held.sink({ source: 'web', origin: 'rpc' })
  const written = [500_000, 500_000, 1].map((size) => sink.write({ text: 'x'.repeat(size) }))
  expect(written.map(({ dropped }) => dropped)).toEqual([undefined, 'queue_full', 'queue_full'])
  expect(held.sink({ source: 'other', origin: 'rpc' }).write({ text: 'x' })).toEqual({ seq: 0 })
})

test('all that is held finds room in the store, also as single empty lines', async () => {
  const held = new HeldLines(MIB)
  const sink = held.sink({ source: 'web', origin: 'rpc' })
  while (sink.writeLines(region('\n')) === undefined);
  const other = held.sink({ source: 'other', origin: 'rpc' })
  while (other.writeLines(region('\n'.repeat(500))) === undefined);
  const { dropped } = held.figures
  const logs = await open(freshDir(), held, MIB)
  await logs.sync()
  expect(logs.stats().totals.dropped_total).toBe(dropped)
  expectConservation(logs.stats())
})

test('what a smaller queue has no room for is dropped there, and counted as that', async () => {
  const held = new HeldLines(4 * MIB)
  const sink = held.sink({ source: 'web', origin: 'rpc' })
  for (let i = 0; i < 15; i++) sink.write({ text: 'x'.repeat(100_000) })
  expect(held.figures).toEqual({ lines: 15, dropped: 0 })
  const logs = await open(freshDir(), held, MIB)
  await logs.sync()
  const { stored, dropped } = logs.stats().sources['rpc:web']!
  expect(dropped).toBeGreaterThan(0)
  expect(held.figures).toEqual({ lines: stored, dropped })
  expectConservation(logs.stats())
})

test('a source that the store has no room for does not keep it from opening', async () => {
  const held = new HeldLines()
  for (const source of ['a', 'b', 'c']) held.sink({ source, origin: 'rpc' }).write({ text: source })
  const { sourcesMax } = LIMITS
  onTestFinished(() => void Object.assign(LIMITS, { sourcesMax }))
  Object.assign(LIMITS, { sourcesMax: 2 })
  const logs = await open(freshDir(), held)
  await logs.sync()
  expect((await readAll(logs)).map(({ text }) => text)).toEqual(['a', 'b'])
  expect(held.figures).toEqual({ lines: 2, dropped: 1 })
})

test('the parts of a long line know their first one, also when the store opens between them', async () => {
  const held = new HeldLines()
  const part = (sink: ReturnType<HeldLines['sink']>, text: string, more: object) =>
    sink.writeLines({ ...region(text), lines: 1, terminated: false, ...more })
  const [one, two] = [1, 2].map(() => held.sink({ source: 'web', origin: 'ws' }))
  part(one!, 'a1', { part: 'first' })
  part(two!, 'b1', { part: 'first' })
  part(one!, 'a2', { part: 'middle' })
  const logs = await open(freshDir(), held)
  part(two!, 'b2\n', { part: 'last', terminated: true })
  part(one!, 'a3\n', { part: 'last', terminated: true })
  await logs.sync()
  const entries = await readAll(logs)
  expect(entries.map(({ text, part_seq }) => [text, part_seq])).toEqual([
    ['a1', 1],
    ['b1', 2],
    ['a2', 1],
    ['b2', 2],
    ['a3', 1],
  ])
})

test('producers that can pause are paused by the store that came', async () => {
  const held = new HeldLines()
  const calls: boolean[] = []
  const sink = held.sink({ source: 'web', origin: 'ws', onHold: (isHeld) => calls.push(isHeld) })
  const logs = await open(freshDir(), held, 4 * MIB)
  while (calls.length === 0) {
    expect(sink.writeLines(region(`${'x'.repeat(65_535)}\n`))).toBeUndefined()
  }
  await logs.sync()
  expect(calls).toEqual([true, false])
})
