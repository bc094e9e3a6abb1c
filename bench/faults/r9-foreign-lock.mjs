// R9: another process locks the partition that is written to, for ten seconds. Nobody waits for it but the
// writer: the main thread stays free, lines queue, and are all there afterwards.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogs } from '@hero/logs'
import { databases, LOCKER, readAll, until } from './place.mjs'

const LOCK_MS = 10_000
const DELAY_MS_MAX = 50
const DRAIN_MS_MAX = 5_000
const LINES_PER_SECOND = 1_000
const STEP_MS = 10

export const foreignLock = {
  id: 'R9',
  what: 'a foreign BEGIN EXCLUSIVE on the newest partition for 10 s, 1,000 lines/s',
  bound: 'event-loop delay p99 < 50 ms, 0 lost, backlog drained < 5 s',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
    const failures = []
    const logs = await openLogs({ dir: folder })
    try {
      const sink = logs.sink({ source: 'steady', origin: 'rpc' })
      let written = 0
      const writing = setInterval(() => {
        for (let i = 0; i < (LINES_PER_SECOND * STEP_MS) / 1000; i++) {
          if (sink.write({ text: `line ${++written}` }).dropped)
            failures.push(`line ${written} dropped`)
        }
      }, STEP_MS)
      await logs.sync()
      const name = databases(folder).findLast((file) => file.startsWith('p-'))
      const locker = spawn(
        process.execPath,
        ['-e', LOCKER, join(folder, name), 'BEGIN EXCLUSIVE'],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      )
      await once(locker.stdout, 'data')
      const delays = monitorEventLoopDelay({ resolution: 1 })
      delays.enable()
      await sleep(LOCK_MS)
      delays.disable()
      clearInterval(writing)
      const { lines: backlog } = logs.stats().queue
      if (backlog === 0) failures.push('nothing had to wait: the lock was none')
      const begun = performance.now()
      locker.stdin.end()
      await once(locker, 'exit')
      await until(() => (logs.stats().queue.lines === 0 ? true : undefined), 3 * DRAIN_MS_MAX)
      const drainMs = performance.now() - begun
      const entries = await readAll(logs, { sources: ['steady'] })
      if (entries.length !== written)
        failures.push(`${written - entries.length} of ${written} lost`)
      if (drainMs > DRAIN_MS_MAX) failures.push(`drained after ${drainMs.toFixed(0)} ms`)
      const p99 = delays.percentile(99) / 1e6
      if (p99 >= DELAY_MS_MAX) failures.push(`event-loop delay ${p99.toFixed(0)} ms (p99)`)
      const figure =
        `${written} lines, ${backlog} waited, ${written - entries.length} lost, ` +
        `drained in ${drainMs.toFixed(0)} ms, event-loop delay p99 ${p99.toFixed(1)} ms`
      return { figure, failures }
    } finally {
      await logs.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
