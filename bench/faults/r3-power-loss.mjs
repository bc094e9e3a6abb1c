// R3: the power fails at a random call of a scripted run. Its calls are seen once, by strace; then, for each
// seed, a disk is made up that has lost power there, and the store on it must open and hold its promises.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../random.mjs'
import { afterPowerLoss, readCalls } from './lossy-disk.mjs'
import { promised, SCRIPTED_RUN, storeFailures } from './scripted-store.mjs'
import { traceOf } from './traced.mjs'

const SEEDS = 500
/** What `interval` may lose: a second, and what the sync at its end takes. */
const INTERVAL_S = 1.25
const PAUSE_MS = 150

export const powerLoss = {
  id: 'R3',
  what: 'the power fails at a random call: unsynced bytes are dropped, torn, reordered or garbage',
  bound: 'opens 500 of 500; batch: 0 acked lost; interval: at most a second lost',
  needs: ['strace'],
  async run({ count, seed }) {
    const seeds = Math.round((SEEDS * count) / 200)
    const failures = []
    const batch = await lose({ durability: 'batch', seeds, seed, failures })
    const interval = await lose({ durability: 'interval', seeds, seed, failures })
    return { figure: `batch: ${batch}; interval: ${interval}`, failures }
  },
}

async function lose({ durability, seeds, seed, failures }) {
  const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
  try {
    const dir = join(folder, 'first')
    const pause = durability === 'interval' ? PAUSE_MS : 0
    const args = [dir, durability, String(pause)]
    const calls = readCalls(await traceOf(SCRIPTED_RUN, args, join(folder, 'trace')), dir)
    // What comes before the first word is the making of an empty store: few of the cuts.
    const first = calls.findIndex(({ said }) => said !== undefined)
    let opened = 0
    for (let i = 0; i < seeds; i++) {
      const random = createRandom(seed + i)
      const from = i % 10 === 0 ? 0 : first
      const cut = random.integer(from, calls.length - 1)
      const store = join(folder, `${i}`)
      const found = await failuresAfter({ calls, cut, durability, store, random })
      for (const failure of found) failures.push(`${durability}, seed ${seed + i}: ${failure}`)
      if (found.length === 0) opened++
      rmSync(store, { recursive: true, force: true })
      if (i % 20 === 19) process.stderr.write(`R3: ${durability} ${i + 1} of ${seeds}\r`)
    }
    return `${opened} of ${seeds} opened with all that was promised, ${calls.length} calls`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function failuresAfter({ calls, cut, durability, store, random }) {
  afterPowerLoss(calls, cut, store, random)
  const surelyBefore = durability === 'batch' ? Infinity : calls[cut].at - INTERVAL_S
  const before = calls.slice(0, cut).filter(({ said }) => said !== undefined)
  const sure = promised(wordsOf(before.filter(({ at }) => at <= surelyBefore)))
  const promises = promised(wordsOf(before)).map((promise) => ({
    ...promise,
    to: sure.find(({ source }) => source === promise.source)?.to ?? 0,
  }))
  try {
    return await storeFailures(store, promises)
  } catch (error) {
    return [`does not open: ${error.message}`]
  }
}

function wordsOf(calls) {
  return calls.map(({ said }) => said)
}
