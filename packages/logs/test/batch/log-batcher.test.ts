// The batcher alone, with a writer that answers when the test says so: bounds, shares, policies, gaps
// also when the writer fails. The law under random steps is in e2e/law.test.ts.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BatchMessage } from '../../src/batch/batch-message.js'
import type { LogBatcher } from '../../src/batch/log-batcher.js'
import { ROW, ROW_WIDTH } from '../../src/batch/packed-buffer.js'
import { createBench, MIB } from '../batcher-bench.js'
import { region } from '../support.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('take() drops and counts when the queue is full, and tells it once lines flow again', () => {
  const { sink, check, commit, batcher, sent } = createBench()
  const web = sink('web', { settings: { overflow: 'drop' } })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  const dropped = Array.from({ length: 30 }, () => web.writeLines(chunk)).filter(Boolean)
  expect(dropped.length).toBeGreaterThan(10)
  expect(new Set(dropped)).toEqual(new Set(['queue_full']))
  expect(batcher.queuedBytes).toBeLessThanOrEqual(MIB)
  check()
  batcher.flush()
  while (sent.length > 0) commit()
  check()
  expect(web.writeLines(region('again\n'))).toBeUndefined()
  const { from_n, to_n } = gapsIn(batcher, sent)[0]!
  expect(to_n - from_n + 1).toBe(dropped.length)
  check()
})

test('a gap is written after a second without further lines, and at close', () => {
  const { sink, batcher, sent, commit, check } = createBench()
  const web = sink('web', { settings: { overflow: 'drop' } })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  for (let i = 0; i < 20; i++) web.writeLines(chunk)
  expect(batcher.accounts.keys.has('system:web')).toBe(false)
  vi.advanceTimersByTime(1000)
  expect(batcher.accounts.keys.get('system:web')!.received.lines).toBe(1)
  for (let i = 0; i < 5; i++) web.writeLines(chunk)
  batcher.close()
  expect(batcher.accounts.keys.get('system:web')!.received.lines).toBe(2)
  while (sent.length > 0) commit()
  check()
})

test('a source that floods cannot push out the quiet ones', () => {
  const { sink, check } = createBench(4 * MIB)
  const quiet = Array.from({ length: 9 }, (_, i) => sink(`quiet${i}`))
  const noisy = sink('noisy', { settings: { overflow: 'drop' } })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  for (let i = 0; i < 200; i++) {
    noisy.writeLines(chunk)
    for (const one of quiet) expect(one.writeLines(region('tick\n'))).toBeUndefined()
  }
  check()
})

test('hold pauses the producer until there is room', () => {
  const { sink, sent, commit, batcher, check } = createBench(4 * MIB)
  const calls: boolean[] = []
  const web = sink('web', { onHold: (held: boolean) => calls.push(held) })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  while (calls.length === 0) expect(web.writeLines(chunk)).toBeUndefined()
  expect(calls).toEqual([true])
  batcher.flush()
  while (calls.length === 1 && sent.length > 0) commit()
  expect(calls).toEqual([true, false])
  expect(sent.length).toBeGreaterThan(0)
  expect(web.writeLines(chunk)).toBeUndefined()
  check()
})

test('hold lasts holdMs at most; then one read is lost, and the next hold begins', () => {
  const { sink, check } = createBench(2 * MIB)
  const calls: boolean[] = []
  const web = sink('web', { onHold: (held: boolean) => calls.push(held) })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  while (calls.length === 0) web.writeLines(chunk)
  while (web.writeLines(chunk) === undefined);
  vi.advanceTimersByTime(99)
  expect(calls).toEqual([true])
  vi.advanceTimersByTime(2)
  expect(calls).toEqual([true, false])
  expect(web.writeLines(chunk)).toBe('queue_full')
  expect(calls).toEqual([true, false, true])
  check()
})

test('block pauses the producer for as long as it takes', () => {
  const { sink, sent, commit, batcher } = createBench(2 * MIB)
  const calls: boolean[] = []
  const web = sink('web', {
    settings: { overflow: 'block' },
    onHold: (held: boolean) => calls.push(held),
  })
  while (calls.length === 0) web.writeLines(region(`${'x'.repeat(65_535)}\n`))
  vi.advanceTimersByTime(3_600_000)
  expect(calls).toEqual([true])
  batcher.flush()
  while (sent.length > 0) commit()
  expect(calls).toEqual([true, false])
})

test('a batch that failed goes again before those behind it', () => {
  const { sink, sent, fail, commit, batcher, check } = createBench()
  const web = sink('web')
  for (let i = 0; i < 3; i++) {
    web.writeLines(region(`${i}\n`))
    batcher.flush()
  }
  expect(sent.map(({ id }) => id)).toEqual([1, 2])
  fail()
  expect(sent).toEqual([])
  check()
  vi.advanceTimersByTime(250)
  expect(sent.map(({ id }) => id)).toEqual([1, 2])
  commit()
  expect(sent.map(({ id }) => id)).toEqual([2, 3])
  commit()
  commit()
  check()
  expect(batcher.queuedLines).toBe(0)
})

test('sync() says so when the store cannot be written, and nothing is lost', async () => {
  const { sink, fail, commit, batcher, sent, check } = createBench()
  sink('web').writeLines(region('a\n'))
  const synced = batcher.sync()
  fail()
  await expect(synced).rejects.toMatchObject({ code: 'Unavailable' })
  vi.advanceTimersByTime(250)
  while (sent.length > 0) commit()
  await batcher.sync()
  expect(batcher.accounts.keys.get('pipe:web')!.stored.lines).toBe(1)
  check()
})

test('a rate limit drops what exceeds it, errors have tokens of their own, gaps name the numbers', () => {
  let now = 0
  const { sink, batcher, sent, commit, check } = createBench(MIB, () => now)
  const web = sink('web', { settings: { rate_limit: { lines_per_second: 10, burst: 5 } } })
  const storm = 'DEBUG x\n'.repeat(20)
  web.writeLines(region(`${storm}ERROR disk\n${storm}`))
  expect(batcher.accounts.keys.get('pipe:web')).toMatchObject({
    received: { lines: 41 },
    sent: { lines: 6 },
  })
  check()
  now = 1_000_000
  web.writeLines(region(storm))
  expect(batcher.accounts.keys.get('pipe:web')!.sent.lines).toBe(11)
  expect(batcher.accounts.keys.get('pipe:web')!.droppedBy.get('rate_limited')!.lines).toBe(50)
  batcher.close()
  const gaps = gapsIn(batcher, sent)
  expect(gaps.reduce((sum, { from_n, to_n }) => sum + to_n - from_n + 1, 0)).toBe(50)
  while (sent.length > 0) commit()
  check()
})

test('settings change while a source runs, and wrong ones change nothing', () => {
  const { sink, batcher } = createBench()
  const web = sink('web', { settings: { overflow: 'drop', rate_limit: { lines_per_second: 1 } } })
  sink('web')
  const source = batcher.accounts.source('web')
  expect(source.settings()).toEqual({
    overflow: 'drop',
    rate_limit: { lines_per_second: 1, burst: 1 },
    coalesce: false,
  })
  expect(web.writeLines(region('a\nb\n'))).toBe('rate_limited')
  const wrong = { overflow: 'block', rate_limit: { lines_per_second: 0 } } as const
  expect(() => source.configure(wrong)).toThrow('Expected lines_per_second to be an integer')
  expect(() => source.configure({ limit: 1 } as never)).toThrow('Unknown source setting "limit"')
  expect(source.settings().overflow).toBe('drop')
  source.configure({ rate_limit: null })
  expect(web.writeLines(region('a\nb\n'))).toBeUndefined()
})

function gapsIn(batcher: LogBatcher, sent: BatchMessage[]): { from_n: number; to_n: number }[] {
  batcher.flush()
  const found: { from_n: number; to_n: number }[] = []
  for (const { bytes, table, rows } of sent) {
    const view = new Float64Array(table)
    for (let row = 0; row < rows * ROW_WIDTH; row += ROW_WIDTH) {
      const length = view[row + ROW.fieldsLength]!
      if (length === 0) continue
      const start = view[row + ROW.offset]! + view[row + ROW.length]!
      found.push(JSON.parse(Buffer.from(bytes, start, length).toString()))
    }
  }
  return found
}
