// R15: thousands of runs, one after the other and some at once, each through the whole house. Afterwards
// there must be no more descriptors, terminals, zombies or memory than before.
import { readdirSync, readFileSync } from 'node:fs'
import { createSupervisor } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { openPlace } from './place.mjs'

const AT_ONCE = 4
/** Memory is looked at from here on: before, caches fill and the compiler works. */
const WARM = 0.2
const SLOPE_BYTES_MAX = 2 ** 20

export const leaks = {
  id: 'R15',
  what: 'spawn and exit cycles through supervisor and log plugin (PTY, every 10th cannot start)',
  bound: 'descriptors, terminals, zombies: 0 more; memory < 1 MB per 1,000 cycles',
  async run({ count }) {
    const cycles = count * 50
    const place = openPlace()
    const plugin = await openLogsPlugin({ dir: place.logsDir })
    const supervisor = await createSupervisor({ dataDir: place.dataDir, plugins: [plugin] })
    const failures = []
    let seen = ''
    const definition = (number) => ({
      name: `worker-${number % AT_ONCE}`,
      command: number % 10 === 9 ? ['no-such-command'] : ['ls', '/proc/self/fd'],
    })
    try {
      await supervisor.runOnce(definition(0))
      const before = figures()
      const memory = []
      let next = 0
      const work = async (worker) => {
        while (next < cycles) {
          const number = next++
          await supervisor.runOnce({ ...definition(number), name: `worker-${worker}` })
          if (number % 500 !== 499) continue
          memory.push([number + 1, settledMemory()])
          process.stderr.write(`R15: ${number + 1} of ${cycles} cycles\r`)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => work(i)))
      const after = figures()
      for (const key of ['descriptors', 'terminals', 'zombies']) {
        if (after[key] > before[key]) failures.push(`${key}: ${before[key]} -> ${after[key]}`)
      }
      const slope = slopeOf(memory.filter(([number]) => number >= cycles * WARM))
      if (slope >= SLOPE_BYTES_MAX) failures.push(`memory: ${Math.round(slope)} bytes per 1,000`)
      seen =
        `${cycles} cycles; descriptors ${before.descriptors} -> ${after.descriptors}, terminals ` +
        `${before.terminals} -> ${after.terminals}, zombies ${after.zombies}, memory ` +
        `${(slope / 2 ** 20).toFixed(2)} MB per 1,000`
      await seesOnlyThree(plugin, failures)
    } finally {
      await supervisor.close()
      place.remove()
    }
    return { figure: seen, failures }
  },
}

/** Children list their descriptors: the listing itself opens one more. */
async function seesOnlyThree({ logs }, failures) {
  const { entries } = await logs.query({ origins: ['pty'], order: 'desc', limit: 400 })
  const seen = new Set(entries.flatMap(({ text = '' }) => text.split(/\s+/)).filter(Boolean))
  for (const word of ['0', '1', '2', '3']) seen.delete(word)
  if (seen.size > 0) failures.push(`children saw more descriptors: ${[...seen].join(' ')}`)
}

function figures() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1')
  const pids = children.split(' ').filter(Boolean)
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    terminals: Number(readFileSync('/proc/sys/kernel/pty/nr', 'latin1')),
    zombies: pids.filter(isZombie).length,
  }
}

function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

function settledMemory() {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

/** Bytes per 1,000 cycles, by least squares. */
function slopeOf(points) {
  const n = points.length
  if (n < 2) return 0
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return (over / under) * 1_000
}
