// A crowd of viewers in a process of its own: each notes gaps, repeats, and how long an entry took from
// its producer. Entries carry the time at which they were sent.
//
//   node bench/serve/viewers.mjs SOCKET_PATH stream|follow COUNT     commands on stdin, answers on stdout
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const [socketPath, kind, countText] = process.argv.slice(2)
const count = Number(countText)
const latencies = []
const viewers = []

for (let index = 0; index < count; index += 1) viewers.push(await open())
console.log(JSON.stringify({ ready: count }))

for await (const command of createInterface({ input: process.stdin })) {
  const { until, skip = 0 } = JSON.parse(command)
  // All of them, or as far as they come in the time that is left.
  const deadline = performance.now() + 20_000
  while (viewers.some(({ last }) => last < until) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  console.log(JSON.stringify(summary(until, skip)))
  break
}
for (const { socket } of viewers) socket.terminate()
process.exit(0)

async function open() {
  const path = kind === 'stream' ? '/stream/bench' : '/ws'
  const socket = new WebSocket(`ws+unix:${socketPath}:${path}`, { perMessageDeflate: false })
  const viewer = { socket, last: 0, seen: 0, gaps: 0, repeats: 0, lags: 0 }
  const begun = new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data) => {
      const text = /** @type {Buffer} */ (data).toString('latin1')
      if (text.includes('"type":"begin"') || text.includes('"id":1,')) resolve()
      else if (text.includes('"type":"lag"')) viewer.lags += 1
      else takeAll(viewer, text)
    })
  })
  if (kind === 'follow') {
    socket.on('open', () => {
      const params = { sources: ['bench'] }
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'logs.follow', params }))
    })
  }
  await begun
  return viewer
}

/** Finds numbers and times without building objects: a hundred viewers share one core here. */
function takeAll(viewer, text) {
  for (let at = text.indexOf(',"n":'); at !== -1; at = text.indexOf(',"n":', at)) {
    const number = Number.parseInt(text.slice(at + 5, at + 16), 10)
    at = text.indexOf('"text":"', at) + 8
    // Calls of one client may overtake each other: the store's own numbers say what came when.
    if (number <= viewer.last) viewer.repeats += 1
    else {
      viewer.gaps += number - viewer.last - 1
      viewer.last = number
    }
    viewer.seen += 1
    const stamp = Number.parseFloat(text.slice(at, at + 20))
    // Entries of hero_proc's own, such as the start of a run, have none.
    if (stamp > 0) latencies.push(performance.timeOrigin + performance.now() - stamp)
  }
}

function summary(until, skip) {
  const sorted = Float64Array.from(latencies.slice(skip)).sort()
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  const sum = (key) => viewers.reduce((total, viewer) => total + viewer[key], 0)
  return {
    viewers: count,
    complete: viewers.filter(({ last, gaps }) => last === until && gaps === 0).length,
    seen: sum('seen'),
    gaps: sum('gaps'),
    repeats: sum('repeats'),
    lags: sum('lags'),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: sorted.at(-1),
  }
}
