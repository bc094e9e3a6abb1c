// Followers that come and go while partitions rotate and expire, sources are cleared and the store is
// opened anew: every one sees, over all its visits, each line it asked for exactly once, or is told
// exactly how many are gone. The oracle is one follower that never leaves.
//
// RESUME_VISITS=1000 makes that many visits; RESUME_SEED repeats a failure.
import { decodeCursor, encodeCursor, LogsError, openLogs } from '@hero/logs'
import type { Entry, FollowOptions, Logs } from '@hero/logs'
import { expect, test } from 'vitest'
import { createRandom, expectConservation, freshDir } from '../support.js'

const VISITS = Number(process.env['RESUME_VISITS'] ?? 300)
const SEED = Number(process.env['RESUME_SEED'] ?? 11)
const VIEWERS = 50
const SOURCES = ['web', 'db', 'worker']
/** The smallest store there can be: about 40 partitions of the smallest size. */
const OPTIONS = { partitionBytes: 65_536, keepBytes: 1_048_576, flushDelayMs: 1 }

interface Filter {
  readonly asked: Pick<FollowOptions, 'sources' | 'contains' | 'levels'>
  readonly isSource?: (source: string) => boolean
  readonly holds: (entry: Entry) => boolean
}

const isWeb = (source: string): boolean => source === 'web'
const isDb = (source: string): boolean => source === 'db'
const startsWithW = (source: string): boolean => source.startsWith('w')
const FILTERS: readonly Filter[] = [
  { asked: {}, holds: () => true },
  { asked: { sources: ['web'] }, isSource: isWeb, holds: ({ source }) => isWeb(source) },
  { asked: { sources: ['w*'] }, isSource: startsWithW, holds: ({ source }) => startsWithW(source) },
  { asked: { levels: 'error' }, holds: ({ level }) => level === 'error' },
  { asked: { contains: '7 ' }, holds: ({ text }) => text?.includes('7 ') === true },
  {
    asked: { sources: ['db'], contains: '3' },
    isSource: isDb,
    holds: ({ source, text }) => isDb(source) && text?.includes('3') === true,
  },
]

interface Missed {
  readonly after: number
  readonly upTo: number
  readonly lost: number
}

/** Somebody who reads a part of the log, leaves, and comes back later. */
interface Viewer {
  readonly filter: Filter
  cursor: string
  readonly seen: Entry[]
  /** What it was told is gone: behind `after`, up to `upTo`. */
  readonly missed: Missed[]
}

test(`${VISITS} visits of ${VIEWERS} viewers: no gap, no duplicate, every loss told`, async () => {
  const random = createRandom(SEED)
  const dir = freshDir()
  let logs = await openLogs({ dir, ...OPTIONS })
  const history: Entry[] = []
  let recording = record(logs, history)
  /** Seq up to which each was cleared. A reader of several sources is not told. */
  const cleared = new Map<string, number>()
  const viewers = Array.from({ length: VIEWERS }, (_, i): Viewer => {
    const cursor = encodeCursor(logs.storeId, 0)
    return { filter: FILTERS[i % FILTERS.length]!, cursor, seen: [], missed: [] }
  })

  let visits = 0
  for (let round = 0; visits < VISITS; round++) {
    const guests = viewers.filter((_, i) => random() < (i < VIEWERS / 2 ? 0.3 : 0.03))
    visits += guests.length
    const writing = write(logs, round, random)
    await visitAll(logs, guests, writing, () => random() * 400)
    if (random() < 0.1) {
      const source = SOURCES[Math.floor(random() * SOURCES.length)]!
      await logs.clear(source)
      cleared.set(source, history.at(-1)!.seq)
    }
    if (round % 20 !== 19) continue
    expectConservation(logs.stats())
    await logs.close()
    await recording
    logs = await openLogs({ dir, ...OPTIONS })
    recording = record(logs, history)
  }
  await visitAll(logs, viewers, Promise.resolve(), () => Infinity)
  await logs.close()
  await recording

  for (const viewer of viewers) expectEverything(viewer, history, cleared)
  const losses = viewers.reduce((sum, { missed }) => sum + missed.length, 0)
  expect(losses, 'cursors that had expired').toBeGreaterThan(VIEWERS / 2)
})

/** Follows into `history` until the store closes. */
async function record(logs: Logs, history: Entry[]): Promise<void> {
  for await (const entry of logs.follow()) {
    expect(entry.gap, 'the oracle misses nothing').toBeUndefined()
    history.push(entry)
  }
}

/** All visit at once, and leave when they have seen what is there after `writing`. */
async function visitAll(
  logs: Logs,
  viewers: readonly Viewer[],
  writing: Promise<void>,
  count: () => number,
): Promise<void> {
  const leaves = viewers.map(() => new AbortController())
  const visits = viewers.map((viewer, i) => visit(logs, viewer, count(), leaves[i]!.signal))
  await writing
  while (logs.stats().followers.some(({ lag_lines }) => lag_lines > 0)) {
    await new Promise(setImmediate)
  }
  for (const leave of leaves) leave.abort()
  await Promise.all(visits)
}

/** Lines that do not compress, so that partitions fill up and expire. */
async function write(logs: Logs, round: number, random: () => number): Promise<void> {
  for (const source of SOURCES) {
    const sink = logs.sink({ source, origin: 'rpc' })
    const lines = Math.floor(random() * 400)
    for (let i = 0; i < lines; i++) {
      const noise = Array.from({ length: 8 }, () => random().toString(36).slice(2)).join('')
      const level = random() < 0.1 ? 'error' : 'info'
      sink.write({ text: `${round} ${i} ${noise}`, level })
    }
  }
  await logs.sync()
}

/** Reads up to `count` entries from where the viewer has been; ends sooner when `signal` aborts. */
async function visit(
  logs: Logs,
  viewer: Viewer,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  let left = count
  while (!signal.aborted) {
    try {
      const options = { ...viewer.filter.asked, from_cursor: viewer.cursor, signal }
      for await (const entry of logs.follow(options)) {
        viewer.cursor = encodeCursor(logs.storeId, entry.seq)
        if (entry.gap?.reason === 'removed') {
          const { from_seq, to_seq, lines } = entry.gap
          viewer.missed.push({ after: from_seq - 1, upTo: to_seq, lost: lines })
        } else viewer.seen.push(entry)
        if (--left <= 0) return
      }
    } catch (error) {
      if (!(error instanceof LogsError) || error.code !== 'MissedRotation') throw error
      const { lost, oldest_cursor } = error.details as { lost: number; oldest_cursor: string }
      const after = decodeCursor(logs.storeId, viewer.cursor)
      viewer.missed.push({ after, upTo: decodeCursor(logs.storeId, oldest_cursor), lost })
      viewer.cursor = oldest_cursor
    }
  }
}

function expectEverything(
  { filter, seen, missed }: Viewer,
  history: readonly Entry[],
  cleared: ReadonlyMap<string, number>,
): void {
  const name = JSON.stringify(filter.asked)
  const isIn = ({ seq }: Entry, { after, upTo }: Missed): boolean => seq > after && seq <= upTo
  const seenSeqs = new Set(seen.map(({ seq }) => seq))
  const expected = history.filter((entry) => {
    if (!filter.holds(entry) || missed.some((range) => isIn(entry, range))) return false
    const isCleared = entry.seq <= (cleared.get(entry.source) ?? 0)
    return !isCleared || seenSeqs.has(entry.seq)
  })
  expect(seen.map(essence), name).toEqual(expected.map(essence))
  // Lost are all lines of the sources asked for, whatever else the filter says.
  const { isSource = () => true } = filter
  for (const range of missed) {
    const gone = history.filter((entry) => isIn(entry, range) && isSource(entry.source))
    expect(range.lost, `${name} ${JSON.stringify(range)}`).toBe(gone.length)
  }
}

function essence({ seq, source, n, text }: Entry): string {
  return `${seq} ${source} ${n} ${text}`
}
