// Reading over many partitions: in steps when the time of one is over, whatever was found, and past what is
// damaged.
import { basename } from 'node:path'
import type { Entry } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { Followers } from '../../src/read/follow.js'
import { planBuckets } from '../../src/read/histogram.js'
import { LogReader } from '../../src/read/log-reader.js'
import type { DamagedBlock, Query } from '../../src/read/query.js'
import { resolveQuery } from '../../src/read/resolve-query.js'
import { addExtent, extentOf } from '../../src/read/source-extents.js'
import type { SourceExtent } from '../../src/read/source-extents.js'
import {
  breakBlock,
  breakPage,
  edit,
  essence,
  open,
  partitionPaths,
  storeCopy,
  writeLines,
} from '../store/fixtures.js'

/** Every step is over at once. */
const NO_TIME = { budgetMs: 0 }
const ORDERS = ['asc', 'desc'] as const

function openReader(dir: string): LogReader {
  const reader = new LogReader(dir)
  onTestFinished(() => reader.close())
  return reader
}

interface Read {
  readonly entries: Entry[]
  readonly damaged: DamagedBlock[]
  readonly answers: number
}

function readInSteps(reader: LogReader, query: Query): Read {
  const side = query.order === 'desc' ? 'before' : 'after'
  const [entries, damaged]: [Entry[], DamagedBlock[]] = [[], []]
  let [next, answers] = [query as Query | undefined, 0]
  while (next !== undefined) {
    const page = reader.read(resolveQuery(next, reader.storeId), NO_TIME)
    expect(page.missed).toBeUndefined()
    entries.push(...page.entries)
    damaged.push(...(page.damaged ?? []))
    answers += 1
    if (page.entries.length === 0) expect(page.complete).toBe(page.next_cursor === null)
    next = page.next_cursor === null ? undefined : { ...next, [side]: page.next_cursor }
  }
  return { entries, damaged, answers }
}

function stepsOf<T extends { readonly lookedSeq: number | null }>(
  take: (afterSeq: number) => T,
): T[] {
  const steps = [take(0)]
  for (;;) {
    const { lookedSeq } = steps.at(-1)!
    if (lookedSeq === null) return steps
    steps.push(take(lookedSeq))
  }
}

function inOrder(entries: readonly Entry[], order: 'asc' | 'desc'): unknown[] {
  return (order === 'asc' ? entries : entries.toReversed()).map(essence)
}

test.each(ORDERS)('a page ends between two partitions when its time is over, %s', async (order) => {
  const { dir, entries } = await storeCopy('closed')
  const reader = openReader(dir)
  const files = partitionPaths(dir).length
  const all = readInSteps(reader, { order })
  expect(all.entries.map(essence)).toEqual(inOrder(entries, order))

  // No block has such a line, as their rows say.
  const none = readInSteps(reader, { order, levels: ['emerg'] })
  expect(none.entries).toEqual([])
  expect(none.answers).toBe(files)

  const large = entries.filter(({ source }) => source === 'large')
  const target = order === 'asc' ? large.at(-1)! : large[0]!
  const one = readInSteps(reader, { order, contains: target.text!, context: 2 })
  const at = large.indexOf(target)
  expect(one.answers).toBeGreaterThanOrEqual(files)
  expect(one.entries.map(essence)).toEqual(inOrder(large.slice(Math.max(0, at - 2), at + 3), order))
})

test('a follower goes on where an answer ended, in its tail, its history and after a cursor', async () => {
  const { dir, entries } = await storeCopy('closed')
  const reader = openReader(dir)
  const followers = new Followers({
    storeId: reader.storeId,
    committedSeq: () => entries.at(-1)!.seq,
    read: async (query, upToSeq) => reader.read(query, { upToSeq, ...NO_TIME }),
    onCommit: () => () => {},
  })
  const first = entries.find(({ source }) => source === 'large')!
  const last = entries.findLast(({ source }) => source === 'large')!
  const one = async (options: object): Promise<number> => {
    for await (const { seq } of followers.follow(options)) return seq
    throw new Error('It ended')
  }
  expect(await one({ tail: 1, contains: first.text! })).toBe(first.seq)
  expect(await one({ since: 0, contains: last.text! })).toBe(last.seq)
  const { next_cursor: from_cursor } = reader.query({ limit: 10 })
  expect(await one({ from_cursor, contains: last.text! })).toBe(last.seq)
})

test.each(ORDERS)(
  'what was cleared before a query is not missed by its next pages, %s',
  async (order) => {
    const { dir } = await storeCopy('closed')
    const logs = await open(dir)
    await logs.clear('large')
    writeLines(logs, 'large', 1)
    await logs.close()
    const { entries, answers } = readInSteps(openReader(dir), { order, sources: ['large'] })
    expect(entries).toHaveLength(1)
    expect(answers).toBeLessThan(partitionPaths(dir).length)
  },
)

test('counts and extents come in steps that add up', async () => {
  const { dir } = await storeCopy('closed')
  const reader = openReader(dir)
  const files = partitionPaths(dir).length
  for (const asked of [{}, { contains: 'large 1' }]) {
    const query = resolveQuery(asked, reader.storeId)
    const whole = reader.span(query, {})
    const spans = stepsOf((afterSeq) => reader.span({ ...query, afterSeq }, NO_TIME))
    expect(spans).toHaveLength(files)
    expect(Math.min(...spans.map(({ from }) => from))).toBe(whole.from)
    expect(Math.max(...spans.map(({ to }) => to))).toBe(whole.to)

    const plan = planBuckets(whole, 5)!
    const { counts } = reader.count(query, plan, {})
    const steps = stepsOf((afterSeq) => reader.count({ ...query, afterSeq }, plan, NO_TIME))
    expect(steps.length).toBeGreaterThanOrEqual(files)
    expect(counts.map((_, i) => steps.reduce((sum, step) => sum + step.counts[i]!, 0))).toEqual(
      counts,
    )
  }
  const steps = stepsOf((afterSeq) => reader.extents(afterSeq, NO_TIME))
  expect(steps).toHaveLength(files)
  const sum = new Map<string, SourceExtent>()
  for (const { extents } of steps) {
    for (const [source, extent] of extents) addExtent(extentOf(sum, source), extent)
  }
  expect(sum).toEqual(reader.extents(0, {}).extents)
})

test.each(ORDERS)('a block that cannot be read costs its own lines, %s', async (order) => {
  const { dir, entries } = await storeCopy('closed')
  const [path] = partitionPaths(dir)
  const { first_seq: from_seq, last_seq: to_seq, lines } = breakBlock(path!)
  const reader = openReader(dir)
  const { entries: shown, damaged } = readInSteps(reader, { order })
  for (const one of damaged) {
    expect(one).toMatchObject({ partition: basename(path!), from_seq, to_seq, lines })
  }
  expect(damaged.length).toBeGreaterThan(0)
  const seqs = new Set(shown.map(({ seq }) => seq))
  const missing = entries.filter(({ seq }) => !seqs.has(seq))
  expect(missing).toHaveLength(lines)
  for (const { seq } of missing) expect(seq >= from_seq && seq <= to_seq).toBe(true)
  const { buckets } = reader.histogram({ contains: ' ' })
  expect(buckets.reduce((sum, { total }) => sum + total, 0)).toBe(shown.length)
})

test('a signature that cannot be read costs its own block', async () => {
  const { dir, entries } = await storeCopy('closed')
  const [path] = partitionPaths(dir)
  breakFirstSignature(path!)
  const [first, second] = ['large 799 ', 'large 800 '].map((text) =>
    entries.find((entry) => entry.text!.startsWith(text)),
  )
  const reader = openReader(dir)
  const { entries: found, damaged } = reader.query({ contains: second!.text! })
  expect(found.map(essence)).toEqual([essence(second!)])
  // Small blocks behind it may have their signatures on the same page.
  expect(damaged?.[0]).toMatchObject({ partition: basename(path!), to_seq: first!.seq, lines: 800 })
})

function breakFirstSignature(path: string): void {
  const sql =
    "SELECT pageno FROM dbstat WHERE name = 'signatures' AND pagetype = 'leaf' ORDER BY path"
  breakPage(path, edit(path, (db) => db.prepare(sql).pluck().get()) as number)
}
