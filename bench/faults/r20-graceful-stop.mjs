// R20: SIGTERM while services print without a limit. hero_proc ends with 0 in time, every line that was
// printed is there, and so are the last words of a service that has no time to end its line.
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { createRandom } from '../random.mjs'
import { addServices, halfOf, openPlace, percentile } from './place.mjs'

const STOP_MS_MAX = 5_000
const FLOODS = 4
// One process, so that its numbers are the lines that it has written: seq ends by SIGTERM.
const FLOOD = ['seq', '1', '1000000000']
const LAST_WORDS = `trap 'printf "last words of $HERO_PROC_RUN"; exit 0' TERM; echo up; while :; do sleep 0.01; done`
const SERVICES = [
  ...Array.from({ length: FLOODS }, (_, i) => ({
    name: `flood-${i}`,
    command: FLOOD,
    capture: i % 2 === 0 ? 'pty' : 'pipe',
    // What cannot be kept is not read, and so not lost.
    log: { overflow: 'block' },
  })),
  { name: 'polite', command: ['sh', '-c', LAST_WORDS] },
]

export const gracefulStop = {
  id: 'R20',
  what: 'SIGTERM to serve while 4 services print without a limit',
  bound: 'exit 0 within 5 s, no hole in any run, last words kept',
  async run({ count, seed }) {
    const stops = halfOf(count)
    const random = createRandom(seed)
    const place = openPlace()
    const failures = []
    const stopMs = []
    let lines = 0
    try {
      for (let stop = 0; stop < stops; stop++) {
        const server = await place.serve()
        if (stop === 0) await addServices(server.client, SERVICES)
        await sleep(random.integer(100, 600))
        const begun = performance.now()
        const code = await server.end('SIGTERM')
        stopMs.push(performance.now() - begun)
        if (code !== 0) failures.push(`stop ${stop + 1}: exit code ${code}`)
        lines += look(place.logsDir, stop + 1, failures)
        // What has been looked at need not be walked through again.
        place.run('logs', 'vacuum', '--size', '4M')
        if (stop % 10 === 9) process.stderr.write(`R20: ${stop + 1} of ${stops} stops\r`)
      }
    } finally {
      place.remove()
    }
    const slowest = Math.max(...stopMs)
    if (slowest > STOP_MS_MAX) failures.push(`the slowest stop took ${Math.round(slowest)} ms`)
    const median = percentile(stopMs, 0.5)
    const figure =
      `${stops} stops, ${lines} lines without a hole, ` +
      `${median.toFixed(0)} ms median, ${slowest.toFixed(0)} ms slowest`
    return { figure, failures }
  },
}

/** Looks at the newest run of each service; returns the lines that are there. */
function look(logsDir, run, failures) {
  const reader = openLogReader({ dir: logsDir })
  let lines = 0
  try {
    for (let i = 0; i < FLOODS; i++) {
      const source = `flood-${i}`
      const of = (more) =>
        reader.query({ sources: [source], runs: [run], limit: 1, ...more }).entries
      const [first] = of({ order: 'asc', origins: ['system'] })
      const [last] = of({ order: 'desc', origins: ['pty', 'pipe'] })
      if (first === undefined || last === undefined) continue
      // The numbers of entries have no holes but told ones: so the last number says how many lines came.
      const number = last.n - first.n
      lines += number
      // The last write may have been cut by the end of the program; the one before it was not.
      const isCut = last.unterminated === true && String(number).startsWith(last.text)
      if (last.text !== String(number) && !isCut) {
        failures.push(`${source} run ${run}: line ${number} says ${last.text}`)
      }
    }
    const { entries } = reader.query({ sources: ['polite'], runs: [run], limit: 1_000 })
    const texts = entries.map(({ text }) => text)
    if (texts.includes('up') && !texts.includes(`last words of ${run}`)) {
      failures.push(`polite run ${run}: its last words are missing`)
    }
    return lines
  } finally {
    reader.close()
  }
}
