// Prints lines that do not compress, so many a second, and keeps in a file how long the longest single
// write took, in milliseconds. Usage: r4-producer.mjs REPORT-FILE LINES-A-SECOND
import { writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../random.mjs'

const [report, perSecond] = process.argv.slice(2)
const STEP_MS = 20
const random = createRandom(process.pid)
let longestMs = 0
for (let step = 1; ; step++) {
  for (let i = 0; i < (Number(perSecond) * STEP_MS) / 1000; i++) {
    const line = `${new Date().toISOString()} INFO step ${step} ${random.hex(160)}\n`
    const begun = performance.now()
    writeSync(1, line)
    longestMs = Math.max(longestMs, performance.now() - begun)
  }
  if (step % 10 === 0) writeFileSync(report, String(longestMs))
  await sleep(STEP_MS)
}
