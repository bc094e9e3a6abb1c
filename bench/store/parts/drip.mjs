// A child that writes the lines of a file at a steady rate, one write each.
//
//   node drip.mjs FILE LINES_PER_SECOND SECONDS
import { readFileSync, writeSync } from 'node:fs'
import { splitLines } from '../../line-source.mjs'

const [path, rate, seconds] = process.argv.slice(2)
const lines = splitLines(readFileSync(path)).slice(0, Number(rate) * Number(seconds))
const startMs = performance.now()
let written = 0

const timer = setInterval(() => {
  const due = Math.min(lines.length, ((performance.now() - startMs) / 1000) * Number(rate))
  for (; written < due; written += 1) writeSync(1, lines[written])
  if (written === lines.length) clearInterval(timer)
}, 1)
