// The reader's thread: answers queries one after the other, each within its budget, on read-only
// connections. Whatever is asked, the writer and the supervisor's thread go on.
import { parentPort, workerData } from 'node:worker_threads'
import { toPlainError } from '../model/errors.js'
import type { PlainError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { LogReader } from './log-reader.js'
import type { BucketPlan, CountStep, SpanStep } from './histogram.js'
import type { ReadPage } from './log-reader.js'
import type { ResolvedQuery } from './resolve-query.js'
import type { ExtentsStep } from './source-extents.js'

/** What can be asked, by name, and what comes back. */
export interface ReaderAnswers {
  readonly read: ReadPage
  readonly span: SpanStep
  readonly count: CountStep
  readonly extents: ExtentsStep
}

/** A question, without its id. */
export type ReaderQuestion =
  | { readonly type: 'read'; readonly query: ResolvedQuery; readonly upToSeq: number }
  | { readonly type: 'span'; readonly query: ResolvedQuery; readonly upToSeq: number }
  | {
      readonly type: 'count'
      readonly query: ResolvedQuery
      readonly plan: BucketPlan
      readonly upToSeq: number
    }
  | { readonly type: 'extents'; readonly afterSeq: number }

export type ToReader = (ReaderQuestion & { readonly id: number }) | { readonly type: 'close' }

export type FromReader =
  | { readonly id: number; readonly answer: ReaderAnswers[keyof ReaderAnswers] }
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
  port.postMessage(reply(message.id, message))
})

function reply(id: number, question: ReaderQuestion): FromReader {
  try {
    return { id, answer: answer(question) }
  } catch (error) {
    return { id, error: toPlainError(error) }
  }
}

function answer(question: ReaderQuestion): ReaderAnswers[keyof ReaderAnswers] {
  switch (question.type) {
    case 'read':
      return reader.read(question.query, {
        upToSeq: question.upToSeq,
        budgetMs: LIMITS.queryBudgetMs,
      })
    case 'span':
      return reader.span(question.query, {
        upToSeq: question.upToSeq,
        budgetMs: LIMITS.countBudgetMs,
      })
    case 'count':
      return reader.count(question.query, question.plan, {
        upToSeq: question.upToSeq,
        budgetMs: LIMITS.countBudgetMs,
      })
    case 'extents':
      return reader.extents(question.afterSeq, { budgetMs: LIMITS.countBudgetMs })
  }
}
