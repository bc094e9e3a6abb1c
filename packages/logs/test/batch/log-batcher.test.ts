// The batcher alone, with a writer that answers when the test says so: bounds, shares, policies, gaps
// also when the writer fails. The law under random steps is in e2e/law.test.ts.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BatchMessage } from '../../src/batch/batch-message.js'
import type { LogBatcher } from '../../src/batch/log-batcher.js'
import type { Sink } from '../../src/batch/sink.js'
import { ROW, ROW_WIDTH } from '../../src/batch/packed-buffer.js'
import { createBench, MIB } from '../batcher-bench.js'
import type { BatcherBench } from '../batcher-bench.js'
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

test.each(['fails', 'stands still'])('while the store %s losses add up in one gap', (how) => {
  const bench = createBench()
  const { sink, fail, batcher, check } = bench
  const web = sink('web', { settings: { overflow: 'drop' } })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  web.writeLines(chunk)
  batcher.flush()
  if (how === 'fails') fail()
  const { received } = batcher.accounts.key('web', 'system')
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 20; i++) web.writeLines(chunk)
    web.tell()
    if (how === 'fails') {
      fail()
      batcher.sync().catch(() => undefined)
    }
    vi.advanceTimersByTime(1000)
    check()
  }
  expect(received.lines).toBe(1)
  const gaps = [1, 2, 3].flatMap(() => {
    vi.advanceTimersByTime(1000)
    return commitAll(bench)
  })
  expect(received.lines).toBe(2)
  const told = gaps.reduce((sum, { from_n, to_n }) => sum + to_n - from_n + 1, 0)
  expect(told).toBe(batcher.accounts.keys.get('pipe:web')!.dropped.lines)
  check()
})

test.each(['close', 'sync'] as const)('%s() tells losses behind a gap in the queue', (end) => {
  const bench = createBench()
  const { sink, batcher, check } = bench
  const web = sink('web', { settings: { overflow: 'drop' } })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  for (let i = 0; i < 20; i++) web.writeLines(chunk)
  web.tell()
  for (let i = 0; i < 5; i++) web.writeLines(chunk)
  web.tell()
  void batcher[end]()
  const [, last] = commitAll(bench)
  expect(last).toMatchObject({ lines: 5 })
  check()
})

test("hero_proc's own entries enter a full queue, as long as one that stores nothing has a bound", () => {
  const { sink, fail, batcher, check } = createBench()
  const web = sink('web', { settings: { overflow: 'drop' } })
  while (web.writeLines(region(`${'x'.repeat(65_535)}\n`)) === undefined);
  batcher.flush()
  fail()
  const own = sink('web', { origin: 'system' })
  const record = { text: 'x'.repeat(1000) }
  const dropped = Array.from({ length: 5000 }, () => own.write(record).dropped)
  expect(dropped.indexOf('disk_full')).toBeGreaterThan(1000)
  expect(dropped.at(-1)).toBe('disk_full')
  expect(batcher.queuedBytes).toBeLessThanOrEqual(2 * MIB)
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

test('after a hold one read enters, and the producer is held again while the store stands still', () => {
  const { sink, check } = createBench(10 * MIB)
  const calls: boolean[] = []
  const web = sink('web', { onHold: (held: boolean) => calls.push(held) })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  while (calls.length === 0) expect(web.writeLines(chunk)).toBeUndefined()
  for (let holds = 1; holds < 20; holds++) {
    vi.advanceTimersByTime(101)
    expect(calls).toHaveLength(holds * 2)
    expect(web.writeLines(chunk)).toBeUndefined()
    expect(calls).toHaveLength(holds * 2 + 1)
  }
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
  const { sink, batcher, sent, commit, check } = createBench()
  const web = sink('web', { settings: { rate_limit: { lines_per_second: 10, burst: 5 } } })
  const storm = 'DEBUG x\n'.repeat(20)
  web.writeLines(region(`${storm}ERROR disk\n${storm}`))
  expect(batcher.accounts.keys.get('pipe:web')).toMatchObject({
    received: { lines: 41 },
    sent: { lines: 6 },
  })
  check()
  vi.advanceTimersByTime(1000)
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
    redact: false,
  })
  expect(web.writeLines(region('a\nb\n'))).toBe('rate_limited')
  const wrong = { overflow: 'block', rate_limit: { lines_per_second: 0 } } as const
  expect(() => source.configure(wrong)).toThrow('Expected lines_per_second to be an integer')
  expect(() => source.configure({ limit: 1 } as never)).toThrow('Unknown source setting "limit"')
  expect(source.settings().overflow).toBe('drop')
  source.configure({ rate_limit: null })
  expect(web.writeLines(region('a\nb\n'))).toBeUndefined()
})

test('a batch knows of its own lines only: lastSeq and accounts end with its last row', () => {
  const { sink, sent, commit, batcher } = createBench(8 * MIB)
  const web = sink('web')
  const chunk = region(`${'x'.repeat(200_000)}\n`)
  for (let i = 0; i < 12; i++) web.writeLines(chunk)
  batcher.flush()
  let rows = 0
  for (let batch = sent[0]; batch; batch = sent[0]) {
    rows += batch.rows
    expect(batch.lastSeq).toBe(rows)
    expect(batch.keys[0]!.received.lines).toBe(rows)
    commit()
  }
  expect(rows).toBe(12)
})

test('empty lines have a cost: a flood of them cannot shut out a quiet source', () => {
  const { sink, check } = createBench()
  const noisy = sink('noisy', { settings: { overflow: 'drop' } })
  const quiet = sink('quiet')
  const empty = region('\n'.repeat(10_000))
  for (let i = 0; i < 200; i++) noisy.writeLines(empty)
  expect(quiet.writeLines(region('tick\n'))).toBeUndefined()
  check()
})

test('records without text have the cost of their rows, and leave it when they are stored', () => {
  const bench = createBench()
  const { sink, batcher, check } = bench
  const web = sink('web', { settings: { overflow: 'drop' } })
  const fill = (): number => {
    const dropped = Array.from({ length: 20_000 }, () => web.write({ text: '' }).dropped)
    return dropped.indexOf('queue_full')
  }
  const count = fill()
  expect(count).toBeGreaterThan(0)
  expect(count * ROW_WIDTH * 8).toBeLessThanOrEqual(MIB)
  check()
  commitAll(bench)
  vi.advanceTimersByTime(1000)
  commitAll(bench)
  expect(batcher.accounts.source('web').queuedCost).toBe(0)
  expect(fill()).toBe(count)
  check()
})

test.each([1, 8, 20])('%i producers that obey hold lose nothing while commits go on', (count) => {
  const { sink, sent, commit, batcher, check } = createBench(10 * MIB)
  const held = Array.from({ length: count }, () => false)
  const sinks = held.map((_, i) =>
    sink(`s${i}`, {
      onHold: (is: boolean) => {
        held[i] = is
      },
    }),
  )
  const read = region(`${'x'.repeat(65_535)}\n`.repeat(2))
  let dropped = 0
  for (let round = 0; round < 200; round++) {
    sinks.forEach((one, i) => {
      if (!held[i] && one.writeLines(read)) dropped++
    })
    commit()
    commit()
    if (sent.length === 0) batcher.flush()
  }
  expect(dropped).toBe(0)
  check()
})

test('200 producers that block and begin at once lose nothing, and each has its turn', () => {
  const { sink, sent, commit, batcher, check } = createBench(10 * MIB)
  const held = new Set<string>()
  const waiting = new Map<string, Sink>()
  for (const name of Array.from({ length: 200 }, (_, i) => `s${i}`)) {
    const onHold = (is: boolean): void => void (is ? held.add(name) : held.delete(name))
    waiting.set(name, sink(name, { settings: { overflow: 'block' }, onHold }))
    sink(name, { origin: 'system' }).write({ text: 'run 1 started' })
  }
  const read = region(`${'x'.repeat(65_535)}\n`)
  const dropped: unknown[] = []
  for (let round = 0; round < 50; round++) {
    for (const [name, one] of waiting) {
      if (held.has(name)) continue
      dropped.push(one.writeLines(read))
      waiting.delete(name)
    }
    if (sent.length === 0) batcher.flush()
    commit()
  }
  expect(dropped).toEqual(Array.from({ length: 200 }))
  check()
})

test('all are let go in the end, also when those that went first have nothing to read', () => {
  const bench = createBench(10 * MIB)
  const held = new Set<number>()
  const sinks = Array.from({ length: 300 }, (_, i) =>
    bench.sink(`s${i}`, {
      settings: { overflow: 'block' },
      onHold: (is: boolean) => void (is ? held.add(i) : held.delete(i)),
    }),
  )
  const read = region(`${'x'.repeat(65_535)}\n`)
  for (const [i, one] of sinks.entries()) if (!held.has(i)) one.writeLines(read)
  expect(held.size).toBeGreaterThan(200)
  commitAll(bench)
  vi.advanceTimersByTime(1000)
  expect([...held]).toEqual([])
})

test.each([65_536, 262_144])('reads of %i empty lines are held back, not lost', (lines) => {
  const { sink, sent, commit, batcher, check } = createBench(10 * MIB)
  let isHeld = false
  const web = sink('web', {
    settings: { overflow: 'block' },
    onHold: (held: boolean) => {
      isHeld = held
    },
  })
  const read = region(Buffer.alloc(lines, 10))
  let dropped = 0
  for (let round = 0; round < 200; round++) {
    while (!isHeld) if (web.writeLines(read)) dropped++
    if (sent.length === 0) batcher.flush()
    commit()
  }
  expect(dropped).toBe(0)
  check()
})

test('a producer that writes while it is let go is held again, and let go again', () => {
  const { sink, commit, batcher } = createBench(4 * MIB)
  const calls: boolean[] = []
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  const web: Sink = sink('web', {
    settings: { overflow: 'block' },
    onHold: (held: boolean) => {
      calls.push(held)
      if (!held && calls.length < 10) while (!calls.at(-1)) web.writeLines(chunk)
    },
  })
  while (calls.length === 0) web.writeLines(chunk)
  for (let i = 0; i < 100; i++) {
    batcher.flush()
    commit()
  }
  expect(calls.at(-1)).toBe(false)
  expect(batcher.queuedLines).toBe(0)
})

test('a sink that is opened while its source is held is told so', () => {
  const { sink } = createBench(4 * MIB)
  const web = sink('web', { settings: { overflow: 'block' }, onHold: () => {} })
  const chunk = region(`${'x'.repeat(65_535)}\n`)
  while (web.writeLines(chunk) === undefined);
  const calls: boolean[] = []
  sink('web', { onHold: (held: boolean) => calls.push(held) })
  expect(calls).toEqual([true])
})

test('the first batch that failed says why, not those behind it', () => {
  const { sink, sent, batcher } = createBench()
  const web = sink('web')
  for (let i = 0; i < 2; i++) {
    web.writeLines(region('a\n'))
    batcher.flush()
  }
  const [first, second] = sent.splice(0)
  batcher.queue.failed({ ...first!, type: 'failed', reason: 'disk_full', message: 'full' } as never)
  batcher.queue.failed({ ...second!, type: 'failed', reason: 'store_error', message: 'x' } as never)
  expect([batcher.queue.failing, batcher.queue.failureMessage]).toEqual(['disk_full', 'full'])
})

test('syncs while the writer is behind wait for one batch, not for one each', async () => {
  const { sink, sent, commit, batcher } = createBench()
  const web = sink('web')
  const synced: Promise<void>[] = []
  for (let i = 0; i < 50; i++) {
    web.writeLines(region('a\n'))
    synced.push(batcher.sync())
  }
  for (let i = 0; i < 10; i++) {
    commit()
    vi.advanceTimersByTime(50)
  }
  await Promise.all(synced)
  expect(batcher.queue.flushCount).toBeLessThan(10)
  expect(sent).toEqual([])
})

test.each([
  [{ terminated: true, lines: 2 }, 'a\nb'],
  [{ terminated: true, lines: 1 }, 'a'],
  [{ terminated: false, lines: 2 }, 'a\nb'],
  [{ terminated: true, lines: 0 }, ''],
  [{ terminated: true, lines: 1, end: 9 }, 'a\n'],
])('writeLines() refuses a region that is none: %j', (more, text) => {
  const { sink, batcher } = createBench()
  expect(() => sink('web').writeLines(region(text, more))).toThrow(
    'Expected a region of whole lines',
  )
  expect(batcher.queuedLines).toBe(0)
})

/** Commits all that is queued; returns the gaps that it held. */
function commitAll({ batcher, sent, commit }: BatcherBench): { from_n: number; to_n: number }[] {
  const gaps: { from_n: number; to_n: number }[] = []
  batcher.flush()
  while (sent.length > 0) {
    gaps.push(...gapsIn(batcher, sent.slice(0, 1)))
    commit()
  }
  return gaps
}

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
