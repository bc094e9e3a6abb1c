// R2: a program that writes, rotates, compacts, removes and closes is killed at every call by which it
// reaches the disk, one call a run. strace kills it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promised, SCRIPTED_RUN, storeFailures } from './scripted-store.mjs'
import { countCalls, runKilledAt } from './traced.mjs'

/** `--count` at which every call gets its kill. */
const ALL_COUNT = 200

export const syscallKill = {
  id: 'R2',
  what: 'SIGKILL at every n-th pwrite64, fsync, ftruncate, unlink and rename of a scripted run',
  bound: '0 integrity failures, 0 acked lines lost, opens and takes lines each time',
  needs: ['strace'],
  async run({ count }) {
    const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
    const failures = []
    try {
      const counts = await countCalls(
        SCRIPTED_RUN,
        [join(folder, 'first'), 'batch'],
        join(folder, 'trace'),
      )
      const all = Object.entries(counts).flatMap(([call, times]) =>
        Array.from({ length: times }, (_, i) => ({ call, nth: i + 1 })),
      )
      const stride = Math.max(1, Math.round(ALL_COUNT / count))
      const points = all.filter((_, i) => i % stride === 0)
      let kills = 0
      for (const [i, { call, nth }] of points.entries()) {
        const dir = join(folder, 'store')
        const { wasKilled, said } = await runKilledAt(call, nth, SCRIPTED_RUN, [dir, 'batch'])
        if (wasKilled) kills++
        for (const failure of await storeFailures(dir, promised(said)))
          failures.push(`${call} ${nth}: ${failure}`)
        rmSync(dir, { recursive: true, force: true })
        if (i % 20 === 19) process.stderr.write(`R2: ${i + 1} of ${points.length} kills\r`)
      }
      // Threads take turns: a call may come less often than the first time.
      if (kills < points.length * 0.9)
        failures.push(`only ${kills} of ${points.length} were killed`)
      const of = Object.entries(counts).map(([call, times]) => `${times} ${call}`)
      const figure = `${kills} kills (of ${of.join(', ')}), ${failures.length} failures`
      return { figure, failures }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
