// Study: a thousand lines a second, one write each: the everyday case, where the cost is a wake-up and
// not a line. In real time beside its peers, and longer without the waiting.
import { fileURLToPath } from 'node:url'
import { atMost, count, median, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { measureRun, measureStart } from '../measure.mjs'
import { measurePeer, nodeCopy, s6Log } from '../peers.mjs'
import { insertLines } from './shared/insert-lines.mjs'

const DRIP = fileURLToPath(new URL('parts/drip.mjs', import.meta.url))
const RATE = 1_000
const DISK_BYTES_MAX = 30
const CPU_RATIO_MAX = 1.5

export async function study(options) {
  const { seconds, repetitions, say } = options
  const input = openInput({ ...options, lines: RATE * seconds })
  const drip = [process.execPath, DRIP, input.path, String(RATE), String(seconds)]
  const runs = { start: [], ours: [], s6: [], nodeStart: [], node: [] }
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    say(`trickle ${repetition}/${repetitions}: ${RATE * seconds} lines in real time, three times`)
    runs.start.push(await measureStart('pipe'))
    runs.ours.push(await measureRun('pipe', input, drip))
    runs.s6.push(await measurePeer(s6Log, [drip.join(' ')]))
    runs.nodeStart.push(await measurePeer(nodeCopy, ['true']))
    runs.node.push(await measurePeer(nodeCopy, [drip.join(' ')]))
  }
  say(`trickle: ${options.lines} lines without the waiting`)
  const long = openInput(options)
  const fast = [
    await insertLines(input, { shape: 'trickle' }),
    await insertLines(long, { shape: 'trickle' }),
  ]
  return report(runs, { input, long, fast })
}

function report(runs, { input, long, fast }) {
  const ours = perLine(runs.ours, input.lines, runs.start)
  const s6 = perLine(runs.s6, input.lines)
  const node = perLine(runs.node, input.lines, runs.nodeStart)
  return {
    rows: [
      ['', 'lines', 'CPU us/line', 'disk B/line'],
      row('hero_proc run, real time', input.lines, ours),
      row('s6-log', input.lines, s6),
      row('node pipe > file', input.lines, node),
      ...fast.map((one) => row('library, commits of 50 without waiting', one.lines, one)),
    ],
    notes: s6Log.isThere ? [] : ['s6-log is not installed: its row is left out'],
    checks: [
      atMost(`disk, ${count(input.lines)} lines in real time`, ours.disk, DISK_BYTES_MAX, 'B/line'),
      atMost(`disk, ${count(long.lines)} lines`, fast[1].disk, DISK_BYTES_MAX, 'B/line'),
      atMost('CPU', ours.cpu / node.cpu, CPU_RATIO_MAX, 'x node pipe > file'),
    ],
    failures: runs.ours
      .filter(({ same }) => !same)
      .map(({ dataDir }) => `what was read back differs; the store is kept: ${dataDir}`),
    data: { ours, s6, node, fast, runs },
  }
}

/** Medians a line, less what starting and stopping cost; undefined without runs. */
function perLine(runs, lines, starts = [{ cpuUs: 0 }]) {
  if (runs.includes(undefined)) return undefined
  const cpuUs = (of) => median(of.map((one) => one.cpuUs))
  return {
    cpu: (cpuUs(runs) - cpuUs(starts)) / lines,
    disk: median(runs.map(({ diskBytes }) => diskBytes)) / lines,
  }
}

function row(name, lines, figures) {
  if (figures === undefined) return [name, '-', '-', '-']
  return [name, count(lines), short(figures.cpu), short(figures.disk)]
}
