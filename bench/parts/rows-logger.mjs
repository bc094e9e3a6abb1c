// A logger that keeps one row a line, as anybody would write it: reads pipes (descriptors 3 and up), cuts
// lines, and writes transactions of a thousand rows, or of what came in a tenth of a second.
//
//   node rows-logger.mjs DATABASE PIPES
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { createRowTable } from '../shared/sqlite.mjs'

const COMMIT_MS = 100
const [path, pipes] = process.argv.slice(2)
const table = createRowTable(path)
const timer = setInterval(() => table.commit(), COMMIT_MS)

await Promise.all(Array.from({ length: Number(pipes) }, (_, source) => keep(source)))
clearInterval(timer)
table.close()

async function keep(source) {
  const input = new Socket({ fd: 3 + source, readable: true, writable: false })
  const lines = createInterface({ input, crlfDelay: Infinity })
  lines.on('line', (line) => table.add(Date.now() * 1000, source, 6, line))
  await new Promise((resolve) => lines.once('close', resolve))
}
