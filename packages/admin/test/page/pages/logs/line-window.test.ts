// The lines that are held, over a store and a stream that the tests play.
import { describe, expect, test } from 'vitest'
import { MissedRotationError } from '@hero/sdk/browser'
import type { HeroProcClient, LogEntry } from '@hero/sdk/browser'
import { NO_FILTER } from '../../../../src/page/pages/logs/filter.js'
import { HELD_LINES_MAX, LineWindow } from '../../../../src/page/pages/logs/line-window.js'

const entry = (seq: number): LogEntry =>
  ({ seq, cursor: `c${seq}`, ts: '2026-11-21T10:00:00.000000Z' }) as LogEntry

const entries = (from: number, to: number): LogEntry[] =>
  Array.from({ length: to - from + 1 }, (_, index) => entry(from + index))

interface Asked {
  readonly fromCursor?: string
  readonly tail?: number
  readonly signal: AbortSignal
}

/** A store with the numbers 1 to `last`, and streams that yield what `play` says. */
class Store {
  last: number
  /** Called with every question for older lines, before it is answered. */
  beforeOlder: () => Promise<void> = () => Promise.resolve()
  readonly asked: Omit<Asked, 'signal'>[] = []
  readonly #play: (round: number) => AsyncIterable<LogEntry>

  constructor(last: number, play: (round: number) => AsyncIterable<LogEntry>) {
    this.last = last
    this.#play = play
  }

  get client(): HeroProcClient {
    const page = (found: LogEntry[]): object => ({
      entries: found,
      next_cursor: null,
      scanned_lines: found.length,
    })
    const logs = {
      seek: ({ seq }: { seq: number }) => Promise.resolve({ cursor: `c${seq - 1}` }),
      query: async ({ before, limit = 0 }: { before?: string; limit?: number }) => {
        if (before === undefined) return page(entries(this.last, this.last))
        const end = Number(before.slice(1)) - 1
        await this.beforeOlder()
        return page(entries(Math.max(1, end - limit + 1), end).toReversed())
      },
      stream: ({ fromCursor, tail, signal }: Asked) => {
        this.asked.push({
          ...(fromCursor !== undefined && { fromCursor }),
          ...(tail !== undefined && { tail }),
        })
        return until(this.#play(this.asked.length), signal)
      },
    }
    return { logs } as unknown as HeroProcClient
  }
}

/** Nothing more comes, but the end has not come either, until `signal` aborts. */
async function* until(
  some: AsyncIterable<LogEntry>,
  signal: AbortSignal,
): AsyncGenerator<LogEntry> {
  yield* some
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
}

function windowOn({ client }: Store): { lines: LineWindow; faults: unknown[] } {
  const faults: unknown[] = []
  const lines = new LineWindow(client, NO_FILTER, {
    changed: () => undefined,
    searching: () => undefined,
    failed: (error) => faults.push(error),
  })
  return { lines, faults }
}

const seqs = (lines: LineWindow): number[] => lines.entries.map(({ seq }) => seq)

describe('LineWindow', () => {
  test('has no hole when more lines than it holds come while it is opened', async () => {
    const total = 10 + HELD_LINES_MAX + 5
    const store = new Store(10, async function* () {
      yield* entries(11, total)
    })
    const { lines, faults } = windowOn(store)
    store.beforeOlder = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      lines.takeArrived()
    }
    await lines.openNewest()
    expect(faults).toEqual([])
    const held = seqs(lines)
    expect(held).toHaveLength(HELD_LINES_MAX)
    expect(held).toEqual(entries(held[0]!, total).map(({ seq }) => seq))
    expect(lines.hasOlder).toBe(true)
  })

  test('opens the newest when the place of its stream was removed', async () => {
    let fail: () => void = () => undefined
    const failing = new Promise<void>((resolve) => (fail = resolve))
    const store = new Store(3, async function* (round) {
      if (round > 1) return
      yield entry(4)
      await failing
      throw new MissedRotationError('gone', 60, 'c64')
    })
    const { lines, faults } = windowOn(store)
    await lines.openNewest()
    store.last = 90
    fail()
    await expect.poll(() => store.asked).toEqual([{ fromCursor: 'c3' }, { fromCursor: 'c90' }])
    await expect.poll(() => seqs(lines)).toEqual(entries(1, 90).map(({ seq }) => seq))
    expect(lines.isLive).toBe(true)
    expect(faults).toEqual([])
  })

  test('counts on when that happens while the viewer is elsewhere', async () => {
    let fail: () => void = () => undefined
    const failing = new Promise<void>((resolve) => (fail = resolve))
    const store = new Store(3, async function* (round) {
      if (round === 1) {
        await failing
        throw new MissedRotationError('gone', 60, 'c64')
      }
      yield entry(91)
    })
    const { lines, faults } = windowOn(store)
    await lines.openNewest()
    lines.detach()
    fail()
    await expect.poll(() => store.asked).toEqual([{ fromCursor: 'c3' }, { tail: 0 }])
    await expect.poll(() => (lines.takeArrived(), lines.newCount)).toBe(1)
    expect(seqs(lines)).toEqual([1, 2, 3])
    expect(lines.hasNewer).toBe(true)
    expect(faults).toEqual([])
  })
})
