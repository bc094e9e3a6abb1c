// A logger that keeps one row a line, as anybody would write it: reads pipes (descriptors 3 and up), cuts
// lines, and writes transactions of a thousand rows, or of what came in a tenth of a second.
//
//   node rows-logger.mjs DATABASE PIPES
import { openPipeLines } from '../shared/pipe-lines.mjs'
import { createRowTable } from '../shared/sqlite.mjs'

const COMMIT_MS = 100
const INFO = 6
const [path, pipes] = process.argv.slice(2)
const table = createRowTable(path)
const timer = setInterval(() => table.commit(), COMMIT_MS)

await Promise.all(
  Array.from({ length: Number(pipes) }, (_, source) => {
    const onLine = (line) => table.add(Date.now() * 1000, source, INFO, line)
    return openPipeLines(3 + source, onLine).ended
  }),
)
clearInterval(timer)
table.close()
