// Trial: what it costs that a commit survives power loss. The machine's own fdatasync, and the store with
// `durability: 'batch'` (one a batch) against `'interval'` (about one a second), in turn: in a flood, and in
// commits of fifty lines, as a thousand lines a second make them.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atMost, count, median, percentile, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { insertLines } from '../shared/insert-lines.mjs'

const SYNCS = 2_000
const SYNC_BYTES = 4_096
const TRICKLE_SHARE = 5
const TRICKLE_BYTES_MAX = 30
const TRICKLE_BYTES_AIM = 20
const DURABILITIES = ['batch', 'interval']

export async function run(options) {
  const { lines, repetitions, say } = options
  const inputs = {
    flood: openInput(options),
    trickle: openInput({ ...options, lines: Math.ceil(lines / TRICKLE_SHARE) }),
  }
  say('the disk')
  const disk = timeSyncs()
  const runs = []
  for (let round = 1; round <= repetitions; round += 1) {
    for (const durability of DURABILITIES) {
      for (const [shape, input] of Object.entries(inputs)) {
        say(`${round}/${repetitions}: ${durability}, ${shape}`)
        runs.push({ durability, shape, ...(await insertLines(input, { shape, durability })) })
      }
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
    median(
      runs
        .filter((one) => one.durability === durability && one.shape === shape)
        .map((one) => one[what]),
    )
  const rowsOf = (name, shape) =>
    DURABILITIES.map((durability) => [
      name,
      durability,
      count(figure(durability, shape, 'rate')),
      short(figure(durability, shape, 'cpu')),
      short(figure(durability, shape, 'disk')),
    ])
  const trickleBytes = figure('batch', 'trickle', 'disk')
  return {
    tables: [
      {
        rows: [
          ['', 'durability', 'lines/s', 'CPU us/line', 'disk B/line'],
          ...rowsOf('flood', 'flood'),
          ...rowsOf('commits of 50 lines', 'trickle'),
        ],
      },
    ],
    notes: [`fdatasync of 4 KB: ${short(disk.p50)} ms p50, ${short(disk.p99)} ms p99`],
    checks: [
      atMost(
        'bytes on disk, commits of 50 lines',
        trickleBytes,
        TRICKLE_BYTES_MAX,
        'B/line',
        TRICKLE_BYTES_AIM,
      ),
    ],
    data: { disk, runs },
  }
}
