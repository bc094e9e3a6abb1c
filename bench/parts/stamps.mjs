// A child that writes lines at a steady rate, each beginning with the time of its write in milliseconds since
// the epoch. What is due at the same instant is one write.
//
//   node stamps.mjs LINES_PER_SECOND SECONDS
import { writeSync } from 'node:fs'

const PADDING = ' GET /orders/7781 200 59210 bytes in 490 ms, as such lines are on real machines\n'
const [rate, seconds] = process.argv.slice(2).map(Number)
const total = rate * seconds
const startMs = performance.now()
let written = 0

const timer = setInterval(() => {
  const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1000) * rate))
  if (due === written) return
  const line = `${performance.timeOrigin + performance.now()}${PADDING}`
  writeAll(Buffer.from(line.repeat(due - written)))
  written = due
  if (written === total) clearInterval(timer)
}, 1)

/** A pipe takes what it has room for. */
function writeAll(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at)
}
