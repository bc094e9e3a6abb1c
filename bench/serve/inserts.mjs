// How many entries and requests one client hands over through `logs.insert`. The lines are made before
// the clock starts; a few requests are under way at a time, as with any client that does not wait.
import { Agent, request } from 'node:http'
import { createLineMaker } from '../line-formats.mjs'
import { createRandom } from '../random.mjs'
import { checkLaw, startServer } from './server.mjs'

/** Different request bodies; they are sent again and again. */
const BODIES = 50

/** Rate of entries and requests with `perRequest` entries each, `underWay` requests at a time. */
export async function measureInserts({ perRequest, underWay, ack, seconds }) {
  const server = await startServer()
  const bodies = makeBodies(perRequest, ack)
  const agent = new Agent({ keepAlive: true, maxSockets: underWay })
  try {
    await run(server, agent, bodies, underWay, 1)
    const cpuBefore = server.cpuSeconds()
    const rss = server.watchRss()
    const { requests, elapsed } = await run(server, agent, bodies, underWay, seconds)
    const rssMax = rss.stop()
    const cpu = server.cpuSeconds() - cpuBefore
    await checkLaw(server.client)
    const entries = requests * perRequest
    return {
      entriesPerSecond: entries / elapsed,
      requestsPerSecond: requests / elapsed,
      serverCpuUsPerEntry: (cpu * 1e6) / entries,
      rssMaxMb: rssMax / 1_048_576,
    }
  } finally {
    agent.destroy()
    await server.stop()
  }
}

function makeBodies(perRequest, ack) {
  const line = createLineMaker(createRandom(7))
  return Array.from({ length: BODIES }, (_, id) => {
    const entries = Array.from({ length: perRequest }, () => ({ text: line() }))
    const params = { source: 'bench', entries, ack }
    return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'logs.insert', params }))
  })
}

async function run(server, agent, bodies, underWay, seconds) {
  const begun = performance.now()
  const end = begun + seconds * 1_000
  let requests = 0
  const worker = async (offset) => {
    for (let at = offset; performance.now() < end; at += 1) {
      const body = bodies[at % bodies.length]
      const { result, error } = await post(server.socketPath, agent, body)
      if (error !== undefined) throw new Error(error.message)
      if (result.dropped > 0 || result.errors !== undefined) {
        throw new Error(`Expected no losses, got ${JSON.stringify(result)}`)
      }
      requests += 1
    }
  }
  await Promise.all(Array.from({ length: underWay }, (_, index) => worker(index)))
  return { requests, elapsed: (performance.now() - begun) / 1_000 }
}

function post(socketPath, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const sent = request(
      { socketPath, agent, method: 'POST', path: '/rpc', headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece) => (text += piece))
        response.on('end', () => resolve(JSON.parse(text)))
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
