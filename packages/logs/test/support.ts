// What the tests of the library share: fresh directories, reading everything, and the oracle.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Entry, LineRegion, LogBatcherStats, Query, QueryPage } from '@hero/logs'
import { expect, onTestFinished } from 'vitest'

/** A directory that is removed when the test has finished. */
export function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'logs-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Every matching entry, paged by cursor. */
export async function readAll(
  logs: { query(query: Query): QueryPage | Promise<QueryPage> },
  query: Query = {},
): Promise<Entry[]> {
  const entries: Entry[] = []
  let page = await logs.query(query)
  entries.push(...page.entries)
  while (page.next_cursor !== null) {
    const place =
      query.order === 'desc' ? { before: page.next_cursor } : { after: page.next_cursor }
    page = await logs.query({ ...query, ...place })
    entries.push(...page.entries)
  }
  return entries
}

/** The law, per key and in total: received = sent + dropped(by reason), sent = stored + queued. */
export function expectConservation({ totals, sources, queue }: LogBatcherStats): void {
  const sum = { received: 0, sent: 0, stored: 0, queued: 0, dropped: 0 }
  for (const [name, key] of Object.entries(sources)) {
    for (const counts of [key, key.bytes]) {
      expect(counts.received, `${name} received`).toBe(counts.sent + counts.dropped)
      expect(counts.sent, `${name} sent`).toBe(counts.stored + counts.queued)
      for (const value of [
        counts.received,
        counts.sent,
        counts.stored,
        counts.queued,
        counts.dropped,
      ]) {
        expect(value, name).toBeGreaterThanOrEqual(0)
      }
    }
    const byReason = Object.values(key.dropped_by).reduce((total, lines) => total + lines, 0)
    expect(byReason, `${name} dropped by reason`).toBe(key.dropped)
    for (const part of Object.keys(sum) as (keyof typeof sum)[]) sum[part] += key[part]
  }
  expect(totals).toMatchObject({
    received_total: sum.received,
    sent_total: sum.sent,
    stored_total: sum.stored,
    queued_total: sum.queued,
    dropped_total: sum.dropped,
  })
  expect(queue.lines).toBe(sum.queued)
}

/** Per source, n has no hole but where a gap entry names exactly the missing numbers. */
export function expectNumbersProveLosses(
  entries: readonly Entry[],
  lastN: Record<string, number>,
): void {
  for (const [source, last] of Object.entries(lastN)) {
    const own = entries.filter((entry) => entry.source === source)
    const present = new Set(own.map(({ n }) => n))
    expect(present.size, `${source}: every n once`).toBe(own.length)
    const lost = own.reduce((sum, { gap }) => sum + (gap?.lines ?? 0), 0)
    expect(present.size + lost, `${source}: present and lost`).toBe(last)
    for (let n = 1; n <= last; n++) {
      if (present.has(n)) continue
      const told = own.some(({ gap }) => gap && gap.from_n <= n && n <= gap.to_n)
      expect(told, `${source}: n ${n} is named by a gap entry`).toBe(true)
    }
  }
}

/** A region of whole lines. */
export function region(text: string | Buffer, more: Partial<LineRegion> = {}): LineRegion {
  const bytes = Buffer.from(text)
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return {
    bytes,
    start: 0,
    end: bytes.length,
    lines,
    stream: 'stdout',
    ts: 1_700_000_000_000_000,
    part: 'none',
    terminated: true,
    ...more,
  }
}

/** Numbers from 0 to 1, the same in every run for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
