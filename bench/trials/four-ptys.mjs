// Trial: four terminals that print as fast as they can, all at once. Nothing may be dropped, and the queue
// must stay below half of its bound.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atMost, count, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { folderBytes, runPart } from '../part.mjs'

const PTYS = 4
const QUEUE_SHARE_MAX = 0.5

export async function run(options) {
  const input = openInput(options)
  options.say(`${PTYS} at once for ${options.seconds} s`)
  return report(await floodPtys(input, options.seconds))
}

async function floodPtys(input, seconds) {
  // What other programs have not written yet would be in the way of our first commits.
  execFileSync('sync')
  const dir = mkdtempSync(join(tmpdir(), 'hero-ptys-'))
  const args = ['-c', 'while :; do cat "$0"; done', input.path]
  const commands = Array.from({ length: PTYS }, (_, i) => ({
    source: `pty${i + 1}`,
    command: 'sh',
    args,
  }))
  const usage = await runPart('capture', { dir, mode: 'pty', overflow: 'hold', commands, seconds })
  const diskBytes = folderBytes(dir)
  rmSync(dir, { recursive: true, force: true })
  return { ...usage, diskBytes }
}

function report(flood) {
  const { totals, queue, floodMs, rssMaxKib, cpuUs, diskBytes } = flood
  const stored = totals.stored_total
  const lost = totals.received_total - stored - totals.dropped_total
  const share = queue.high_water / queue.bytes_max
  return {
    tables: [
      {
        rows: [
          [`${PTYS} terminals for ${(floodMs / 1000).toFixed(1)} s`, ''],
          ['received', count(totals.received_total)],
          ['stored', count(stored)],
          ['dropped', count(totals.dropped_total)],
          ['lines/s', count((stored * 1000) / floodMs)],
          ['CPU us/line', short(cpuUs / stored)],
          ['disk B/line', short(diskBytes / stored)],
          ['queue high water', `${count(queue.high_water)} of ${count(queue.bytes_max)} bytes`],
          ['peak memory', `${count(rssMaxKib / 1024)} MiB`],
        ],
      },
    ],
    checks: [
      atMost('dropped', totals.dropped_total, 0, 'lines'),
      atMost('queue high water', share, QUEUE_SHARE_MAX, 'of its bound'),
    ],
    failures: [
      ...(totals.dropped_total > 0 ? [`${count(totals.dropped_total)} lines were dropped`] : []),
      ...(lost === 0 ? [] : [`the accounts do not add up: ${lost} lines`]),
    ],
    data: { flood },
  }
}
