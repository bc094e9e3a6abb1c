// The writer's thread: takes batches in order, answers each, compacts and checkpoints in between.
// After a failed batch it refuses those behind it until the failed one comes again, so that no line
// overtakes another.
import { parentPort, workerData } from 'node:worker_threads'
import type {
  BatchMessage,
  FromWriter,
  StoreFigures,
  ToWriter,
  WriterRequest,
} from '../batch/batch-message.js'
import { LogsError, toPlainError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { Checkpointer } from './checkpointer.js'
import { failureReason } from './database.js'
import type { PreparedBatch } from './prepared-batch.js'
import { StoreWriter } from './store-writer.js'
import type { StoreOptions } from './store-writer.js'

/** How long nothing must have come before the WAL is emptied into the file. */
const IDLE_MS = 1_000

/** Slows every commit down, for tests of overload: see docs/dev/HACKING.md. */
const COMMIT_DELAY_MS = Number(process.env['HERO_PROC_TEST_COMMIT_DELAY_MS'] ?? 0)

/** A request that is answered in steps. */
interface Errand {
  readonly id: number
  readonly steps: Generator<void, unknown>
}

const port = parentPort!
const errands: Errand[] = []
let writer: StoreWriter
let figures: StoreFigures
let failedId: number | undefined
let busyMs = 0
let busyRatio = 0
let windowStart = performance.now()
let idleTimer: NodeJS.Timeout | undefined
let isStepping = false
let turn = Promise.resolve()
let checkpoints = 0
const checkpointer = new Checkpointer((path) => {
  attempt(() => writer.checkpointed(path))
  startSteps()
})

try {
  writer = new StoreWriter(workerData as StoreOptions)
  const state = writer.state()
  figures = state.figures
  send({ type: 'ready', state })
  port.on('message', onMessage)
  // With `interval` nothing else syncs what is committed.
  setInterval(() => attempt(upkeep), LIMITS.upkeepMs).unref()
} catch (error) {
  send({ type: 'open_failed', error: toPlainError(error) })
}

// Batches are prepared as they come, one while those before it are packed and committed; all that was sent
// takes its turn in order.
function onMessage(message: ToWriter): void {
  if (message.type === 'batch') {
    const start = performance.now()
    // Settled: what goes wrong is said in its turn, and must not end the thread before.
    const preparing = Promise.allSettled([writer.prepare(message)])
    const prepareMs = worked(start)
    inTurn(() => onBatch(message, preparing, prepareMs))
  } else inTurn(() => onRequest(message))
}

function inTurn(work: () => void | Promise<void>): void {
  turn = turn.then(work)
}

function onRequest({ id, request }: Extract<ToWriter, { type: 'request' }>): void | Promise<void> {
  if (request.type === 'close') return close(id)
  const steps = errandOf(request)
  if (steps) errands.push({ id, steps })
  else reply(id, () => answer(request))
  scheduleIdleWork()
}

async function close(id: number): Promise<void> {
  clearTimeout(idleTimer)
  await checkpointer.close()
  for (const errand of errands.splice(0)) {
    errand.steps.return(undefined)
    reply(errand.id, () => {
      throw new LogsError('Closed', 'The log library is closed')
    })
  }
  // What failed last and never came again was given up.
  reply(id, () => writer.close({ hasLost: failedId !== undefined }))
  port.close()
}

// What takes long is done in steps, as all other work that batches must not wait for.
function errandOf(request: WriterRequest): Errand['steps'] | undefined {
  switch (request.type) {
    case 'compact':
      return writer.compact()
    case 'clear':
      return writer.clear(request.source, request.seq)
    case 'vacuum':
      return writer.vacuum(request)
    default:
      return undefined
  }
}

function answer(request: WriterRequest): unknown {
  switch (request.type) {
    case 'get_limits':
      return writer.limits()
    case 'set_limits':
      return writer.retention.setLimits(request.source, request.limits)
    default:
      throw new Error(`Expected a request that is answered at once, got ${request.type}`)
  }
}

async function onBatch(
  { id, bytes, table }: BatchMessage,
  preparing: Promise<[PromiseSettledResult<PreparedBatch>]>,
  prepareMs: number,
): Promise<void> {
  const [prepared] = await preparing
  const start = performance.now()
  scheduleIdleWork()
  if (failedId !== undefined && id !== failedId) {
    const message = 'A batch before it failed'
    send({ type: 'failed', id, bytes, table, reason: 'store_error', message }, [bytes, table])
    return
  }
  let stored
  try {
    if (COMMIT_DELAY_MS > 0) sleep(COMMIT_DELAY_MS)
    if (prepared.status === 'rejected') throw prepared.reason
    stored = writer.write(prepared.value)
  } catch (error) {
    failedId = id
    const { message } = error as Error
    send({ type: 'failed', id, bytes, table, reason: failureReason(error), message }, [
      bytes,
      table,
    ])
    return
  }
  failedId = undefined
  const commitMs = prepareMs + worked(start)
  // It is committed, whatever becomes of asking the files: then the figures are those of before.
  attempt(() => void (figures = writer.figures(busyRatio)))
  send({ type: 'committed', id, bytes, table, stored, commitMs, store: figures }, [bytes, table])
}

function scheduleIdleWork(): void {
  clearTimeout(idleTimer)
  idleTimer = setTimeout(emptyWal, IDLE_MS)
  startSteps()
}

// A reader, or a checkpoint that is under way, may be in the way: nothing else would come back to it.
function emptyWal(): void {
  const isEmpty = attempt(() => writer.checkpoint({ truncate: true }))
  if (!isEmpty) idleTimer = setTimeout(emptyWal, IDLE_MS)
}

function upkeep(): void {
  writer.upkeep()
  startSteps()
}

function startSteps(): void {
  if (isStepping) return
  isStepping = true
  setImmediate(step)
}

// One step, then whatever has come in the meantime, then the next one.
function step(): void {
  const start = performance.now()
  attempt(beginCheckpoint)
  const again = errandStep() || (failedId === undefined && attempt(() => writer.step()))
  worked(start)
  if (again) setImmediate(step)
  else isStepping = false
}

// The first ones are done here: starting a thread costs as much as all of them.
function beginCheckpoint(): void {
  const path = checkpointer.isBusy ? undefined : writer.pathToCheckpoint()
  if (path === undefined) return
  const isInline = path === writer.openPath && checkpoints < LIMITS.checkpointsInline
  checkpoints++
  if (isInline) writer.checkpoint({ truncate: false })
  else checkpointer.begin(path)
}

// One step of what was asked for first; false when nothing was.
function errandStep(): boolean {
  const [errand] = errands
  if (!errand) return false
  const { id, steps } = errand
  try {
    const { done, value } = steps.next()
    if (!done) return true
    reply(id, () => value)
  } catch (error) {
    reply(id, () => {
      throw error
    })
  }
  errands.shift()
  return true
}

function reply(id: number, work: () => unknown): void {
  try {
    send({ type: 'reply', id, result: work() })
  } catch (error) {
    send({ type: 'reply', id, error: toPlainError(error) })
  }
}

// Work that can wait: if the disk refuses it, it is tried again after the next batch, which reports why.
function attempt(work: () => boolean | void): boolean {
  try {
    return work() === true
  } catch {
    return false
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

// Counts the time since `start` as work and returns it.
function worked(start: number): number {
  const now = performance.now()
  busyMs += now - start
  if (now - windowStart >= 1_000) {
    busyRatio = Math.min(1, busyMs / (now - windowStart))
    busyMs = 0
    windowStart = now
  }
  return now - start
}

function send(message: FromWriter, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
