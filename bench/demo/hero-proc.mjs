// Starts the built hero_proc command: in the background, or once for its answer.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const COMMAND_MS_MAX = 20_000
const READY_MS_MAX = 20_000
const TALK_BYTES_MAX = 8_000

/**
 * Starts a verb that goes on until it is stopped. It gets a process group of its own: Ctrl-C reaches the
 * caller alone, who then stops things in order. `child.talk()` is the end of what it said on stderr.
 */
export function startCommand(args, env) {
  if (!existsSync(MAIN)) throw new Error('hero_proc is not built: run `npm run build` first')
  const child = spawn(process.execPath, [MAIN, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let talk = ''
  child.stderr.on('data', (chunk) => {
    talk = (talk + String(chunk)).slice(-TALK_BYTES_MAX)
  })
  child.talk = () => talk.trimEnd()
  child.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return child
}

/** Runs a verb to its end and returns what it printed. */
export async function runCommand(args, env) {
  const child = startCommand(args, env)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  const { code, signal } = await stopAfter(child, COMMAND_MS_MAX)
  if (code === 0) return output
  throw new Error(`hero_proc ${args.join(' ')} ended with ${code ?? signal}\n${child.talk()}`)
}

/** Resolves when the child has ended; one that takes longer is killed. */
export async function stopAfter(child, ms) {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  try {
    return await child.ended
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when somebody listens on the socket; rejects when the server ends or takes too long. */
export async function waitUntilReady(server, socketPath) {
  const deadlineMs = performance.now() + READY_MS_MAX
  while (performance.now() < deadlineMs && server.exitCode === null && server.signalCode === null) {
    if (await canConnect(socketPath)) return
    await sleep(25)
  }
  throw new Error(`hero_proc serve did not get ready\n${server.talk()}`)
}

function canConnect(socketPath) {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
