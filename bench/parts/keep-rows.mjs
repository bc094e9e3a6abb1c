// A part: a table of rows from a file of lines: how fast, how large, how long a rare word and the last lines
// take, and what deleting the older half costs and gives back.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../figures.mjs'
import { NEEDLE } from '../generate.mjs'
import { splitLines } from '../line-source.mjs'
import { answerPart, measured } from '../part.mjs'
import { timed } from '../shared/timed.mjs'
import { openQuestions, openRowTable } from '../shared/row-tables.mjs'

const ROWS_A_COMMIT = 1_000
const SOURCES = 8

answerPart(async ({ dir, path, schema, repetitions }) => {
  const lines = splitLines(readFileSync(path)).map((line) =>
    line.toString('utf8', 0, line.length - 1),
  )
  const file = join(dir, 'rows.db')
  const table = openRowTable(file, { schema })
  const { wallMs, cpuUs } = await measured(async () => {
    for (let at = 0; at < lines.length; at += ROWS_A_COMMIT) {
      const size = Math.min(ROWS_A_COMMIT, lines.length - at)
      table.add(size, (i) => ({ line: lines[at + i], source: (at + i) % SOURCES }))
    }
  })
  table.checkpoint()
  const bytes = statSync(file).size
  const questions = openQuestions(file, schema)
  const times = (ask) => median(Array.from({ length: repetitions }, () => timed(ask).ms))
  const searchMs = times(() => questions.search(NEEDLE))
  const tailMs = times(() => questions.tail(0))
  const found = questions.search(NEEDLE)
  questions.close()
  const removal = timed(() => table.deleteOlderHalf())
  table.checkpoint()
  const bytesLeft = statSync(file).size
  const vacuum = timed(() => table.vacuum())
  table.close()
  return {
    rate: (lines.length * 1000) / wallMs,
    cpuUs: cpuUs / lines.length,
    bytes,
    searchMs,
    tailMs,
    found,
    removeMs: removal.ms,
    bytesLeft,
    vacuumMs: vacuum.ms,
    bytesAfterVacuum: statSync(file).size,
  }
})
