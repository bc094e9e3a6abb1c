// The processes of a bench: none of them outlives it, however it ends.
import { spawn } from 'node:child_process'

const running = new Set()

/** Starts a Node process; it is killed when this one ends. */
export function startNode(args, stdio) {
  const child = spawn(process.execPath, args, { stdio })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Resolves with what `work` gives; rejects when it takes longer, or when `child` ends before. */
export async function within(ms, what, work, child) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms)
    child?.once('exit', (code, signal) =>
      reject(new Error(`${what}: ended with ${code ?? signal}`)),
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
