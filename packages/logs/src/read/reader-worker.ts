// The reader's thread: answers queries one after the other, each within its budget, on read-only
// connections. Whatever is asked, the writer and the supervisor's thread go on.
import { parentPort, workerData } from 'node:worker_threads'
import { toPlainError } from '../model/errors.js'
import type { PlainError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { LogReader } from './log-reader.js'
import type { ReadPage } from './log-reader.js'
import type { ResolvedQuery } from './resolve-query.js'

export type ToReader =
  | {
      readonly type: 'read'
      readonly id: number
      readonly query: ResolvedQuery
      readonly upToSeq: number
    }
  | { readonly type: 'close' }

export type FromReader =
  | { readonly id: number; readonly page: ReadPage }
  | { readonly id: number; readonly error: PlainError }

const port = parentPort!
const reader = new LogReader((workerData as { dir: string }).dir)

// The writer cannot seal a partition that this thread has open.
setInterval(() => reader.release(), LIMITS.upkeepMs).unref()

port.on('message', (message: ToReader) => {
  if (message.type === 'close') {
    reader.close()
    port.close()
    return
  }
  const { id, query, upToSeq } = message
  port.postMessage(answer(id, query, upToSeq))
})

function answer(id: number, query: ResolvedQuery, upToSeq: number): FromReader {
  try {
    return { id, page: reader.read(query, { upToSeq, budgetMs: LIMITS.queryBudgetMs }) }
  } catch (error) {
    return { id, error: toPlainError(error) }
  }
}
