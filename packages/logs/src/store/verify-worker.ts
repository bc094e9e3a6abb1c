// Verifies a store in a thread of its own: it reads and unpacks everything, which takes seconds.
import { parentPort, workerData } from 'node:worker_threads'
import { toPlainError } from '../model/errors.js'
import type { PlainError } from '../model/errors.js'
import { verifyStore } from './verify.js'
import type { VerifyReport } from './verify.js'

export type FromVerifier = { readonly report: VerifyReport } | { readonly error: PlainError }

try {
  const steps = verifyStore((workerData as { dir: string }).dir)
  let step = steps.next()
  while (!step.done) step = steps.next()
  parentPort!.postMessage({ report: step.value } satisfies FromVerifier)
} catch (error) {
  parentPort!.postMessage({ error: toPlainError(error) } satisfies FromVerifier)
}
