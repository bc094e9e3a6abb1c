// How many lines one WebSocket hands over through `WS /ingest`, a number of them in each message. The rate is
// that of lines which hero_proc has counted, not of those that wait in a socket.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { createLineMaker } from '../line-formats.mjs'
import { createRandom } from '../random.mjs'
import { checkLaw, startServer } from './server.mjs'

const MESSAGES = 50
/** Bytes that may wait in the socket: enough to keep the server busy. */
const WAITING_BYTES_MAX = 1 << 20
const STEP_MS = 2

export async function measureIngest({ perMessage, seconds }) {
  const server = await startServer()
  const line = createLineMaker(createRandom(7))
  const messages = Array.from({ length: MESSAGES }, () =>
    Array.from({ length: perMessage }, line).join('\n'),
  )
  const socket = new WebSocket(`ws+unix:${server.socketPath}:/ingest/bench`, {
    perMessageDeflate: false,
  })
  try {
    await once(socket, 'open')
    await send(socket, messages, 1)
    const before = await received(server)
    const cpuBefore = server.cpuSeconds()
    const rss = server.watchRss()
    const startMs = performance.now()
    await send(socket, messages, seconds)
    const entries = (await received(server)) - before
    const elapsed = (performance.now() - startMs) / 1_000
    const cpu = server.cpuSeconds() - cpuBefore
    const { 'ws:bench': counts } = await checkLaw(server.client)
    if (counts.dropped > 0) throw new Error(`Expected no losses, got ${counts.dropped}`)
    return {
      entriesPerSecond: entries / elapsed,
      requestsPerSecond: entries / perMessage / elapsed,
      serverCpuUsPerEntry: (cpu * 1e6) / entries,
      rssMaxMb: rss.stop() / 1_048_576,
    }
  } finally {
    socket.terminate()
    await server.stop()
  }
}

/** Sends one message after the other, as fast as they are taken. */
async function send(socket, messages, seconds) {
  const endMs = performance.now() + seconds * 1_000
  for (let at = 0; performance.now() < endMs; at += 1) {
    if (socket.bufferedAmount < WAITING_BYTES_MAX) socket.send(messages[at % messages.length])
    else await new Promise((resolve) => setTimeout(resolve, STEP_MS))
    // The socket must get its turn when messages are small as well.
    if (at % MESSAGES === 0) await new Promise(setImmediate)
  }
}

async function received({ client }) {
  const { sources } = await client.call('log_batcher.stats')
  return sources['ws:bench'].received
}
