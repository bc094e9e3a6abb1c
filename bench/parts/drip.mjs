// A child that writes the lines of its stdin at a steady rate, one write each.
//
//   node drip.mjs LINES_PER_SECOND SECONDS < FILE
import { readFileSync, writeSync } from 'node:fs'
import { splitLines } from '../line-source.mjs'

const [rate, seconds] = process.argv.slice(2).map(Number)
const lines = splitLines(readFileSync(0)).slice(0, rate * seconds)
const startMs = performance.now()
let written = 0

const timer = setInterval(() => {
  const due = Math.min(lines.length, ((performance.now() - startMs) / 1000) * rate)
  for (; written < due; written += 1) writeSync(1, lines[written])
  if (written === lines.length) clearInterval(timer)
}, 1)
