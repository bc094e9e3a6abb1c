// A part: asks a store in the process that writes to it (`library`, through its reader's thread) and in
// one that only reads (`reader`, in this thread). Every answer is read to its end, page by page.
import { spawnSync } from 'node:child_process'
import { openLogReader, openLogs } from '@hero/logs'
import { openLineSource } from '../line-source.mjs'
import { answerPart } from '../part.mjs'
import { createRandom } from '../random.mjs'
import { createFeeds } from '../shared/feed.mjs'
import { openReadOnly } from '../shared/sqlite.mjs'

const PAGE_LINES = 10_000
const TAIL_LINES = 200
const TAIL_WARM_UP = 20
/** Writing goes on in steps of this length, so that it is a stream and not a burst a second. */
const WRITE_STEP_MS = 10

answerPart(async (input) => {
  const logs = await openLogs({ dir: input.dir })
  const reader = openLogReader({ dir: input.dir })
  const rows = openReadOnly(input.rowsPath)
  const random = createRandom(input.seed)
  try {
    const searches = await searchAll(input, { logs, reader, rows })
    const tails = await tailAll(input, { logs, reader, rows, random })
    return { searches, tails }
  } finally {
    rows.close()
    reader.close()
    await logs.close()
  }
})

/** Every way to search for every thing, in turn: `{ what, how, ms, found, scanned }` of each. */
async function searchAll({ needle, patterns, plainPath, tools, repetitions }, stores) {
  const { logs, reader, rows } = stores
  const like = rows.prepare('SELECT count(*) FROM logs WHERE line LIKE ?').pluck()
  const ways = [
    ['library', needle, () => readAll((query) => logs.query(query), { contains: needle })],
    ['reader', needle, () => readAll((query) => reader.query(query), { contains: needle })],
    ['LIKE', needle, () => ({ found: like.get(`%${needle}%`) })],
    ['grep -F', needle, () => countWith('grep', ['-a', '-F', '-c', needle, plainPath])],
    ...tools.map((tool) => [
      tool,
      needle,
      () => countWith(tool, ['-a', '-F', '-c', needle, plainPath]),
    ]),
    ...patterns.flatMap((regex) => [
      ['library', regex, () => readAll((query) => logs.query(query), { regex })],
      ['reader', regex, () => readAll((query) => reader.query(query), { regex })],
      ['grep -E', regex, () => countWith('grep', ['-a', '-E', '-i', '-c', regex, plainPath])],
    ]),
  ]
  const searches = []
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [how, what, search] of ways) {
      const startMs = performance.now()
      const answer = await search()
      searches.push({ what, how, ms: performance.now() - startMs, ...answer })
    }
  }
  return searches
}

async function readAll(ask, filter) {
  let found = 0
  let scanned = 0
  let query = { ...filter, limit: PAGE_LINES }
  while (query !== undefined) {
    const { entries, scanned_lines, next_cursor } = await ask(query)
    found += entries.length
    scanned += scanned_lines
    query = next_cursor === null ? undefined : { ...query, after: next_cursor }
  }
  return { found, scanned }
}

function countWith(tool, args) {
  const { stdout, error } = spawnSync(tool, args, { env: { ...process.env, LC_ALL: 'C' } })
  if (error) throw error
  return { found: Number(String(stdout).trim() || 0) }
}

/** The last lines of one source, again and again: milliseconds of each, by way. */
async function tailAll({ sources, tails, ...input }, { logs, reader, rows, random }) {
  const query = () => ({ sources: [random.pick(sources)], order: 'desc', limit: TAIL_LINES })
  const last = rows.prepare('SELECT * FROM logs WHERE source = ? ORDER BY id DESC LIMIT ?')
  const library = async () => (await logs.query(query())).entries
  const ways = {
    library,
    reader: () => reader.query(query()).entries,
    rows: () => last.all(random.integer(0, sources.length - 1), TAIL_LINES),
  }
  const times = {}
  for (const [how, ask] of Object.entries(ways)) times[how] = await timeTails(ask, tails)
  const writer = startWriting(logs, { sources, ...input })
  times.libraryWhileWriting = await timeTails(library, tails)
  times.readerWhileWriting = await timeTails(ways.reader, tails)
  return { times, writing: await writer.end() }
}

async function timeTails(ask, tails) {
  const times = []
  for (let i = 0; i < tails + TAIL_WARM_UP; i += 1) {
    const startMs = performance.now()
    const entries = await ask()
    if (i >= TAIL_WARM_UP) times.push(performance.now() - startMs)
    if (entries.length !== TAIL_LINES) throw new Error(`Expected 200 lines, got ${entries.length}`)
    // A person asks now and then; and what else this thread has to do must get its turn.
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return times
}

/**
 * Writes lines to all sources in even steps until `end`, which says how many a second they were. A step that
 * is not over when the next one is due takes its place: a machine that cannot keep up still answers.
 */
function startWriting(logs, { sources, rate, corpus, seed }) {
  const next = openLineSource(corpus).lines(seed + 1)
  const feeds = createFeeds(logs, sources)
  const size = Math.ceil((rate * WRITE_STEP_MS) / 1000 / sources.length)
  const startMs = performance.now()
  let written = 0
  let step
  let failure
  const write = async () => {
    for (const feed of feeds) {
      await feed(Buffer.concat(Array.from({ length: size }, next)), size)
      written += size
    }
    step = undefined
  }
  const timer = setInterval(() => {
    step ??= write().catch((error) => (failure ??= error))
  }, WRITE_STEP_MS)
  return {
    end: async () => {
      clearInterval(timer)
      await step
      const ms = performance.now() - startMs
      if (failure) throw failure
      await logs.sync()
      return { lines: written, rate: (written * 1000) / ms }
    },
  }
}
