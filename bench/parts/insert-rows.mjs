// A part: rows from memory into a table of SQLite for a given time, in transactions of a given size, with or
// without a reader (a thread that asks for last lines and a rare word by turns).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { NEEDLE } from '../generate.mjs'
import { splitLines } from '../line-source.mjs'
import { answerPart, measured } from '../part.mjs'
import { openRowTable } from '../shared/row-tables.mjs'

const SOURCES = 8

answerPart(async ({ dir, path, schema, journal, sync, batch, hasReader, seconds }) => {
  const lines = splitLines(readFileSync(path)).map((line) =>
    line.toString('utf8', 0, line.length - 1),
  )
  const file = join(dir, 'rows.db')
  const table = openRowTable(file, { schema, journal, sync })
  const reader = hasReader ? await startReader({ file, schema }) : undefined
  let rows = 0
  const insert = async () => {
    const endMs = performance.now() + seconds * 1000
    while (performance.now() < endMs) {
      const from = rows
      rows += batch
      table.add(batch, (i) => ({
        line: lines[(from + i) % lines.length],
        source: (from + i) % SOURCES,
      }))
      // A thread that never waits would keep the reader's messages from being seen.
      if (hasReader) await new Promise(setImmediate)
    }
  }
  // Warms up.
  await insert()
  rows = 0
  const { wallMs, cpuUs } = await measured(insert)
  const questions = await reader?.end()
  table.close()
  return {
    rate: (rows * 1000) / wallMs,
    cpuUs: cpuUs / rows,
    questions: (questions ?? 0) / seconds / 2,
  }
})

async function startReader(workerData) {
  const worker = new Worker(new URL('row-reader.mjs', import.meta.url), {
    workerData: { ...workerData, needle: NEEDLE },
  })
  await new Promise((resolve) => worker.once('message', resolve))
  return {
    end: async () => {
      const answer = new Promise((resolve) => worker.once('message', resolve))
      worker.postMessage('end')
      const questions = await answer
      await worker.terminate()
      return questions
    },
  }
}
