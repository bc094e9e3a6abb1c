// One system, fed once: a fresh folder, the services at the gate, then the clock, the CPU time and the
// memory of every process of the logging side until nothing moves any more; and whether every line is
// there. The services' own CPU time is not in it.
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { folderBytes } from '../part.mjs'
import { cpuNs, rssMaxKib, threadNs } from '../shared/processes.mjs'
import { openServices } from './services.mjs'

const STEP_MS = 5
/** Less than this in a step is a timer that ticks, not work on lines. */
const BUSY_NS = 250_000
const QUIET_MS = 300
const QUIET_MS_MAX = 60_000

/**
 * Returns figures of the run; `questions` as well, answered last lines and searches, if `isAsked`.
 *
 * @param {Parameters<typeof openServices>[2]} feed
 */
export async function measureFeed(system, feed, inputs, isAsked) {
  const folder = mkdtempSync(join(tmpdir(), 'hero-system-'))
  const services = openServices(folder, inputs, feed)
  // What others have not written yet would be in the way of the first sync.
  execFileSync('sync')
  let logger
  try {
    logger = await system.open({ folder, services: services.list })
    await services.ready()
    await quiet(logger)
    const flood = await runFlood(logger, services)
    const memory = rssMaxKib(logger.pids())
    const asked = isAsked ? await logger.questions(services.list) : []
    await logger.finish?.()
    const found = await (logger.digests ?? digestsOf(logger))(services.list)
    await logger.stop()
    return { ...flood, ...compare(inputs, found), rssKib: memory, diskBytes: logger.bytes(), asked }
  } finally {
    services.close()
    await logger?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function runFlood(logger, services) {
  const before = snapshot(logger.pids())
  const startMs = performance.now()
  services.fire()
  let endMs = await watch(logger, services.areDone, logger.settle ? 0 : QUIET_MS)
  if (logger.settle) {
    await logger.settle()
    endMs = performance.now()
    // What it does with its lines afterwards costs CPU time all the same.
    await quiet(logger)
  }
  const after = snapshot(logger.pids())
  return {
    wallMs: endMs - startMs,
    cpuUs: (after.all - before.all) / 1000,
    threadUs: busiest(before.threads, after.threads),
  }
}

/** CPU time now, and that of each thread of the first process. */
function snapshot(pids) {
  return { all: cpuNs(pids), threads: threadNs(pids[0]) }
}

/** What the threads of one process used: the first one, the busiest of the others, and all the rest. */
function busiest(before, after) {
  const used = [...after].map(([thread, ns]) => [thread, (ns - (before.get(thread) ?? 0)) / 1000])
  const [first, ...others] = used.toSorted(([a], [b]) => a - b).map(([, us]) => us)
  const [second = 0, ...rest] = others.toSorted((a, b) => b - a)
  return { first, second, rest: rest.reduce((a, b) => a + b, 0) }
}

/** Waits until a system has not moved for a while; what it does then is none of the feed's business. */
async function quiet(logger) {
  const endMs = performance.now() + QUIET_MS_MAX
  await watch(logger, () => true, QUIET_MS, endMs)
}

/** Looks at the processes until `isOver` and nothing moved for `quietMs`; says when something last did. */
async function watch(logger, isOver, quietMs, endMs = Infinity) {
  let movedMs = performance.now()
  let ns = cpuNs(logger.pids())
  let bytes = logger.bytes()
  for (;;) {
    await sleep(STEP_MS)
    const now = performance.now()
    const [nsNow, bytesNow] = [cpuNs(logger.pids()), logger.bytes()]
    if (nsNow - ns > BUSY_NS || bytesNow !== bytes) movedMs = now
    ns = nsNow
    bytes = bytesNow
    if ((isOver() && now - movedMs >= quietMs) || now > endMs) return movedMs
  }
}

function digestsOf({ read }) {
  return (services) => Promise.all(services.map((service) => digest(read(service))))
}

async function digest(chunks) {
  const hash = createHash('sha256')
  let lines = 0
  for await (const chunk of chunks) {
    hash.update(chunk)
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1
  }
  return { lines, sha256: hash.digest('hex') }
}

function compare(inputs, found) {
  const lost = inputs.map(({ lines }, i) => lines - found[i].lines)
  return {
    lost: lost.reduce((a, b) => a + b, 0),
    same: inputs.every(({ sha256 }, i) => sha256 === found[i].sha256),
  }
}

/** Bytes of the files that a system keeps in a folder. */
export function bytesIn(folder) {
  return () => folderBytes(folder)
}
