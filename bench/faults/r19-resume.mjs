// R19: a viewer is cut off at random, a thousand times, and goes on where it was, while partitions are closed
// and the oldest ones removed. Each time it must get exactly what comes next, or be told what it missed.
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { createRandom } from '../random.mjs'
import { openPlace, until } from './place.mjs'

const CUTS = 1_000
/** Every so many cuts the viewer stays away until its place is gone. */
const AWAY_EVERY = 20
const KEEP_BYTES = 1_048_576
const INSERT_LINES = 50
const GONE_MS_MAX = 60_000

export const resume = {
  id: 'R19',
  what: '1,000 random cuts of a viewer while partitions rotate and expire',
  bound: '0 gaps, 0 twice, a cursor that expired is always the typed error with the exact count',
  async run({ count, seed }) {
    const cuts = Math.round((CUTS * count) / 200)
    const random = createRandom(seed)
    const place = openPlace(undefined, {
      HERO_PROC_PARTITION_BYTES: '65536',
      HERO_PROC_KEEP_BYTES: String(KEEP_BYTES),
      HERO_PROC_FLUSH_DELAY_MS: '5',
    })
    const failures = []
    const server = await place.serve()
    const state = { written: 0, isOver: false }
    const producing = produce(server.client, state, random)
    try {
      const told = await watch({ place, cuts, random, client: server.client, failures })
      state.isOver = true
      await producing
      if (told.missed === 0) failures.push('no cursor expired: nothing was removed')
      const figure = `${cuts} cuts, ${told.seen} lines seen, ${failures.length} failures, ${told.missed} times told of lines missed (${told.lines} lines)`
      return { figure, failures }
    } finally {
      state.isOver = true
      await server.end('SIGKILL')
      place.remove()
    }
  },
}

async function produce(client, state, random) {
  while (!state.isOver) {
    const entries = Array.from({ length: INSERT_LINES }, () => ({
      text: `${++state.written} ${random.hex(300)}`,
    }))
    await client.call('logs.insert', { source: 'flow', entries, ack: 'commit' }).catch(() => {})
  }
}

async function watch({ place, cuts, random, client, failures }) {
  const path = join(place.folder, 'run/hero_proc/rpc.sock')
  const told = { seen: 0, missed: 0, lines: 0 }
  let last = { n: 0, cursor: undefined }
  // Lines that were told to be gone since the last one that was seen.
  let gone = 0
  const tell = (lines, cursor) => {
    gone += lines
    told.missed++
    told.lines += lines
    last = { ...last, cursor }
  }
  for (let cut = 1; cut <= cuts; cut++) {
    const { entries, error } = await view(path, last.cursor, random.integer(1, 200))
    if (error?.code === 'MissedRotation') tell(error.lost, error.oldest_cursor)
    else if (error !== undefined) failures.push(`cut ${cut}: ${JSON.stringify(error)}`)
    for (const entry of entries) {
      // Removed while it was read: told in its place.
      if (entry.gap !== undefined) {
        tell(entry.gap.lines, entry.cursor)
        continue
      }
      if (entry.n !== last.n + 1 + gone)
        failures.push(`cut ${cut}: n ${entry.n} after ${last.n} and ${gone} gone`)
      if (Number(entry.text.split(' ')[0]) !== entry.n)
        failures.push(`cut ${cut}: line ${entry.n} says ${entry.text.slice(0, 10)}`)
      last = entry
      gone = 0
      told.seen++
    }
    if (cut % AWAY_EVERY === 0) await untilGone(client, last.n)
    if (cut % 50 === 0) process.stderr.write(`R19: ${cut} of ${cuts} cuts\r`)
  }
  return told
}

/** Reads until `count` entries have come, then cuts the connection; or says why it was refused. */
function view(path, cursor, count) {
  const query = cursor === undefined ? 'since=0' : `from_cursor=${encodeURIComponent(cursor)}`
  const socket = new WebSocket(`ws+unix:${path}:/stream/flow?${query}`)
  const entries = []
  return new Promise((resolve) => {
    const end = (error) => {
      socket.terminate()
      resolve({ entries: entries.slice(0, count), error })
    }
    socket.on('error', () => {})
    socket.on('close', () => end(undefined))
    socket.on('unexpected-response', (_, response) => {
      let body = ''
      response.on('data', (text) => (body += text))
      response.on('end', () => end(errorOf(JSON.parse(body))))
    })
    socket.on('message', (data) => {
      const message = JSON.parse(/** @type {Buffer} */ (data).toString())
      if (message.type === 'error') end(errorOf(message))
      if (message.seq !== undefined) entries.push(message)
      if (entries.length >= count) end(undefined)
    })
  })
}

function errorOf(message) {
  const { data = {}, error = {} } = message
  return { ...error.data, ...data }
}

/** Until the line `n` and some behind it have been removed. */
async function untilGone(client, n) {
  const isGone = async () => {
    const { store } = await client.call('log_batcher.stats')
    return store.removed.lines > n + INSERT_LINES ? true : undefined
  }
  await until(isGone, GONE_MS_MAX)
}
