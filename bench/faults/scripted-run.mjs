// The program that R2 and R3 cut off: opens a store, writes, waits for commits, rotates, compacts, clears,
// removes and closes. What it may rely on goes to stdout, a line each, at the moment when it may:
//   acked SOURCE N      every line of the source up to N is committed
//   gone                what was acknowledged so far may be removed
// Usage: scripted-run.mjs DIR DURABILITY [PAUSE-MS]
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogs } from '@hero/logs'
import { createRandom } from '../random.mjs'

const [dir, durability, pauseMs = '0'] = process.argv.slice(2)
const SOURCES = ['quiet', 'busy']
const random = createRandom(11)
const logs = await openLogs({ dir, durability, partitionBytes: 524_288, flushDelayMs: 2 })
const sinks = SOURCES.map((source) => logs.sink({ source, origin: 'rpc' }))
const written = [0, 0]
await round(8)
await logs.compact()
await round(4)
// A partition begins anew.
await logs.vacuum({})
await round(8)
await logs.setRetention('quiet', { lines: 1_000_000 })
await logs.clear('nobody')
say('gone')
await logs.vacuum({ bytes: 65_536 })
await round(6)
await logs.close()
say('closed')

async function round(times) {
  for (let i = 0; i < times; i++) {
    write(0, 3)
    write(1, 60)
    await logs.sync()
    for (const [at, source] of SOURCES.entries()) say(`acked ${source} ${written[at]}`)
    await sleep(Number(pauseMs))
  }
}

function write(at, lines) {
  for (let i = 0; i < lines; i++) {
    sinks[at].write({ text: `${++written[at]} ${random.hex(random.integer(10, 200))}` })
  }
}

function say(text) {
  writeSync(1, `${text}\n`)
}
