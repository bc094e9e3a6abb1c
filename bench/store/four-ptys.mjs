// Study: four terminals that print as fast as they can, all at once. Nothing may be dropped and the queue
// must stay below half of its bound. And the head-room: what the store takes over what one terminal with
// stock settings delivers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atLeast, atMost, count, short, spread } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { folderBytes, runPart } from '../part.mjs'
import { insertLines } from './shared/insert-lines.mjs'

const PTYS = 4
const QUEUE_SHARE_MAX = 0.5
const HEAD_ROOM_MIN = 1.5

/** A terminal as a program finds it: output processing on, which our own terminals have switched off. */
const STOCK = 'stty opost onlcr <&1; exec cat "$0"'

export async function study(options) {
  const input = openInput(options)
  options.say(`four-ptys: ${PTYS} at once for ${options.seconds} s`)
  const flood = await floodPtys(input, options.seconds)
  const rates = { insert: [], stock: [], ours: [] }
  for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
    options.say(`four-ptys: head-room ${repetition}/${options.repetitions}`)
    rates.insert.push(await insertLines(input, { shape: 'flood' }))
    rates.stock.push(await ptyRate({ command: 'sh', args: ['-c', STOCK, input.path] }, input))
    rates.ours.push(await ptyRate({ command: 'cat', args: [input.path] }, input))
  }
  return report(flood, rates)
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

async function ptyRate(command, input) {
  const { lines, wallMs } = await runPart('receive', { mode: 'pty', ...command })
  if (lines !== input.lines) throw new Error(`Expected ${input.lines} lines, got ${lines}`)
  return { rate: (lines * 1000) / wallMs }
}

function report(flood, rates) {
  const { totals, queue, floodMs, rssMaxKib, cpuUs, diskBytes } = flood
  const stored = totals.stored_total
  const ofRates = (of) => spread(of.map(({ rate }) => rate))
  const [insert, stock, ours] = [rates.insert, rates.stock, rates.ours].map(ofRates)
  const lost = totals.received_total - stored - totals.dropped_total
  const share = queue.high_water / queue.bytes_max
  return {
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
      ['store, from memory', rateOf(insert)],
      ['one terminal, stock settings', rateOf(stock)],
      ['one terminal, output processing off', rateOf(ours)],
    ],
    notes: [],
    checks: [
      atMost('dropped', totals.dropped_total, 0, 'lines'),
      atMost('queue high water', share, QUEUE_SHARE_MAX, 'of its bound'),
      atLeast('head-room', insert.median / stock.median, HEAD_ROOM_MIN, 'x one stock terminal'),
    ],
    failures: [
      ...(totals.dropped_total > 0 ? [`${count(totals.dropped_total)} lines were dropped`] : []),
      ...(lost === 0 ? [] : [`the accounts do not add up: ${lost} lines`]),
    ],
    data: { flood, rates },
  }
}

function rateOf({ median, min, max }) {
  return `${count(median)} (${count(min)}-${count(max)}) lines/s`
}
