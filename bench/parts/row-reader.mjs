// A thread that asks a table of rows for the last 200 lines of a source and for a rare word, by turns, until
// it is told to end; then it says how many answers it has got.
import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { openQuestions } from '../shared/row-tables.mjs'

const questions = openQuestions(workerData.file, workerData.schema)
let isOver = false
let answers = 0
parentPort.once('message', () => (isOver = true))
parentPort.postMessage('ready')
while (!isOver) {
  try {
    questions.tail(answers % 8)
    questions.search(workerData.needle)
    answers += 2
  } catch (error) {
    // A rollback journal keeps readers out for as long as a transaction is being written.
    if (error.code !== 'SQLITE_BUSY') throw error
  }
  await turn()
}
questions.close()
parentPort.postMessage(answers)
