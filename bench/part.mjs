// A part is a piece of a trial in a process of its own: its memory, its CPU time and its caches are its
// own. It gets one message and answers with one.
import { fork } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A process that takes longer is ended: the bench reports instead of hanging. */
export const PROCESS_MS_MAX = 20 * 60_000

/**
 * Runs `parts/<name>.mjs` with the input and returns its answer.
 *
 * @throws {Error} If it ends without an answer.
 */
export function runPart(name, input) {
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`parts/${name}.mjs`, import.meta.url))
    const child = fork(path, { timeout: PROCESS_MS_MAX, killSignal: 'SIGKILL' })
    let answer
    child.on('message', (message) => {
      answer = message
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (code === 0 && answer !== undefined) resolve(answer)
      else reject(new Error(`The part '${name}' ended with ${code ?? signal}`))
    })
    child.send(input)
  })
}

/** In the part: does the work on the message that comes, and answers with what it returns. */
export function answerPart(work) {
  process.once('message', (input) => void answer(work, input))
}

/** What `work` took: wall time, and CPU time of all threads of this process. */
export async function measured(work) {
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const result = await work()
  const wallMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(cpuBefore)
  return { result, wallMs, cpuUs: user + system, rssMaxKib: process.resourceUsage().maxRSS }
}

async function answer(work, input) {
  try {
    process.send(await work(input))
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  }
  // Not while the message is still being taken in: Node fails on that.
  setImmediate(() => process.disconnect())
}

/** Bytes of all files in a folder. The ballast is left out: it is there to be given up on a full disk. */
export function folderBytes(folder) {
  if (!existsSync(folder)) return 0
  let bytes = 0
  for (const item of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!item.isFile() || item.name.includes('ballast')) continue
    // A logger that rotates may have renamed it since.
    bytes += statSync(join(item.parentPath, item.name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}
