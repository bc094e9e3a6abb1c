// R8: a second hero_proc is started on the same data dir, while the first serves and while it shuts down. It
// must leave at once and touch nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../random.mjs'
import { COMMAND, openPlace, percentile, readAll } from './place.mjs'

const ALREADY_RUNNING = 4
const EXIT_MS_MAX = 1_000
/** Every so many starts the first one is stopped meanwhile. */
const STOP_EVERY = 10
/** The first one is stopped so long after the second was started, at most. */
const STOP_WITHIN_MS = 500

export const twoSupervisors = {
  id: 'R8',
  what: 'a second hero_proc on the same data dir, also while the first shuts down',
  bound: 'exits 4 in < 1 s, 0 rows of it, socket of the first untouched',
  async run({ count, seed }) {
    const random = createRandom(seed)
    const times = Math.max(STOP_EVERY, Math.round(count / 2))
    const place = openPlace()
    const failures = []
    const exitMs = []
    let first = await place.serve()
    let wereStopping = 0
    try {
      for (let i = 1; i <= times; i++) {
        const isStopping = i % STOP_EVERY === 0
        const before = look(place)
        const second = startSecond(place)
        if (isStopping) {
          wereStopping++
          await sleep(random.integer(0, STOP_WITHIN_MS))
          await first.end('SIGTERM')
          // It comes too early and leaves, or it comes in time and serves.
          const { code, isServing } = await second.ended()
          if (!isServing && code !== ALREADY_RUNNING) failures.push(`start ${i}: exit code ${code}`)
          first = await place.serve()
        } else {
          const { code, isServing, ms } = await second.ended()
          exitMs.push(ms)
          if (isServing) failures.push(`start ${i}: two of them serve`)
          else if (code !== ALREADY_RUNNING) failures.push(`start ${i}: exit code ${code}`)
          if (look(place) !== before) failures.push(`start ${i}: the socket was replaced`)
        }
        const { ok } = await first.client.call('rpc.health')
        if (!ok) failures.push(`start ${i}: the first one is not well`)
      }
      const entries = await readAll({ query: (query) => first.client.call('logs.query', query) })
      // One entry a start and one a stop of the first, nothing of the others.
      if (entries.some(({ run, source }) => run > 0 || source !== 'hero_proc'))
        failures.push('rows that the first did not write')
    } finally {
      await first.end('SIGTERM')
      place.remove()
    }
    const p99 = percentile(exitMs, 0.99)
    if (p99 >= EXIT_MS_MAX) failures.push(`left after ${p99.toFixed(0)} ms (p99)`)
    const figure = `${times} starts, ${wereStopping} of them during a shutdown, left in ${percentile(exitMs, 0.5).toFixed(0)} ms median, ${p99.toFixed(0)} ms p99`
    return { figure, failures }
  },
}

/** A second one; `ended` resolves when it has left, or was ended because it serves. */
function startSecond({ env, folder }) {
  const begun = performance.now()
  const child = spawn(COMMAND, ['serve'], {
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  let isServing = false
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
    if (!said.includes('hero_proc: Ready at ') || isServing) return
    isServing = true
    child.kill('SIGTERM')
  })
  const exited = once(child, 'close')
  return {
    async ended() {
      const [code] = await exited
      return { code, isServing, ms: performance.now() - begun }
    },
  }
}

function look(place) {
  return statSync(join(place.folder, 'run/hero_proc/rpc.sock')).ino
}
