// Runs a program under strace: to see its calls in order, or to kill it at one of them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'

/** Calls by which a store reaches the disk. */
const DISK_CALLS = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'unlink', 'rename']

/** Runs a program of Node under strace with `flags`; resolves with its exit and what it said. */
async function runTraced(flags, path, args) {
  const child = spawn('strace', ['-f', ...flags, process.execPath, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text))
  const [code, signal] = await once(child, 'close')
  return { code, signal, said: said.split('\n').slice(0, -1), complaint }
}

/** Kills the program when a thread of it makes a call for the `nth` time; says what it had said. */
export async function runKilledAt(call, nth, path, args) {
  const inject = `inject=${call}:signal=SIGKILL:when=${nth}`
  const flags = ['-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
  const { code, signal, said, complaint } = await runTraced(flags, path, args)
  const wasKilled = signal === 'SIGKILL' || code === 137
  if (!wasKilled && code !== 0)
    throw new Error(`${path} ended with ${code ?? signal}: ${complaint}`)
  return { wasKilled, said }
}

/**
 * The lines of strace for all calls by which the program reached the disk or said something, in order, with
 * the bytes that were written; strings are hexadecimal.
 */
export async function traceOf(path, args, file) {
  const trace = `trace=${[...DISK_CALLS, 'openat', 'write'].join(',')}`
  const flags = ['-ttt', '-y', '-xx', '-s', '4000000', '-o', file, '-e', trace]
  const { code, complaint } = await runTraced(flags, path, args)
  if (code !== 0) throw new Error(`${path} ended with ${code}: ${complaint}`)
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  rmSync(file)
  return lines
}

/** How often the busiest thread makes each of the calls by which a store reaches the disk. */
export async function countCalls(path, args, file) {
  const flags = ['-o', file, '-e', `trace=${DISK_CALLS.join(',')}`]
  const { code, complaint } = await runTraced(flags, path, args)
  if (code !== 0) throw new Error(`${path} ended with ${code}: ${complaint}`)
  const counts = {}
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, thread, call] = /^(\d+) +(\w+)\(/.exec(line) ?? []
    if (call === undefined) continue
    counts[call] ??= {}
    counts[call][thread] = (counts[call][thread] ?? 0) + 1
  }
  rmSync(file)
  return Object.fromEntries(
    Object.entries(counts).map(([call, threads]) => [call, Math.max(...Object.values(threads))]),
  )
}
