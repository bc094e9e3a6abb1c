// Study: what it costs that a commit survives power loss. The machine's own fdatasync, and the store with
// `durability: 'batch'` (one a batch) against `'interval'` (about one a second), in turn.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, median, percentile, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { insertLines } from './shared/insert-lines.mjs'

const SYNCS = 2_000
const SYNC_BYTES = 4_096
const TRICKLE_SHARE = 10

export async function study(options) {
  const { lines, repetitions, say } = options
  const flood = openInput(options)
  const trickle = openInput({ ...options, lines: Math.ceil(lines / TRICKLE_SHARE) })
  const runs = { batch: [], interval: [] }
  say('fdatasync: the disk')
  const disk = timeSyncs()
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const durability of ['batch', 'interval']) {
      say(`fdatasync ${repetition}/${repetitions}: ${durability}`)
      runs[durability].push({
        flood: await insertLines(flood, { shape: 'flood', durability }),
        trickle: await insertLines(trickle, { shape: 'trickle', durability }),
      })
    }
  }
  return report(disk, runs)
}

/** Milliseconds of each append of 4 KB with its fdatasync. */
function timeSyncs() {
  const folder = mkdtempSync(join(tmpdir(), 'hero-sync-'))
  const file = openSync(join(folder, 'file'), 'w')
  const piece = Buffer.alloc(SYNC_BYTES, 'x')
  const took = Array.from({ length: SYNCS }, () => {
    const startMs = performance.now()
    writeSync(file, piece)
    fdatasyncSync(file)
    return performance.now() - startMs
  })
  closeSync(file)
  rmSync(folder, { recursive: true, force: true })
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) }
}

function report(disk, runs) {
  const figure = (durability, shape, what) =>
    median(runs[durability].map((one) => one[shape][what]))
  const rowOf = (name, shape) => [
    name,
    ...['batch', 'interval'].flatMap((durability) => [
      count(figure(durability, shape, 'rate')),
      short(figure(durability, shape, 'cpu')),
    ]),
  ]
  return {
    rows: [
      ['', 'batch lines/s', 'CPU us/line', 'interval lines/s', 'CPU us/line'],
      rowOf('flood', 'flood'),
      rowOf('commits of 50 lines', 'trickle'),
    ],
    notes: [`fdatasync of 4 KB: ${short(disk.p50)} ms p50, ${short(disk.p99)} ms p99`],
    checks: [],
    failures: [],
    data: { disk, runs },
  }
}
