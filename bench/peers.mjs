// What hero_proc is measured against, in the same run on the same lines: s6-log and a plain Node process
// that copies a pipe to a file. Only their own CPU time counts, not the writer's.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { folderBytes, PROCESS_MS_MAX } from './part.mjs'

const run = promisify(execFile)

/** Bash, and not sh: its `time` tells the user and the system time of one command of a pipeline. */
const TIMED = 'TIMEFORMAT="%3U %3S"; writer=$1; shift; $writer | { time "$@"; }'

/** s6-log with ten files of 16 MB and more to keep, each line with a time of day as text. */
export const s6Log = {
  name: 's6-log',
  isThere: hasCommand('s6-log'),
  command: (folder) => ['s6-log', '-b', 'n20', 's16777215', 'T', folder],
}

/** The least that a Node process can do: read a pipe, write a file. */
export const nodeCopy = {
  name: 'node pipe > file',
  isThere: true,
  command: (folder) => [
    process.execPath,
    fileURLToPath(new URL('store/parts/copy.mjs', import.meta.url)),
    join(folder, 'copy.log'),
  ],
}

/** Whether a command can be found in the PATH. */
export function hasCommand(name) {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Runs one process of the peer behind each writer, all at once. Undefined when the peer is not installed.
 *
 * @param {string[]} writers Commands without quotes in them, such as `cat FILE`.
 */
export async function measurePeer(peer, writers) {
  if (!peer.isThere) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'hero-peer-'))
  try {
    const startMs = performance.now()
    const cpu = await Promise.all(
      writers.map((writer, i) => timePeer(peer, writer, mkdtempSync(join(folder, `${i}-`)))),
    )
    const wallMs = performance.now() - startMs
    return { wallMs, cpuUs: cpu.reduce((a, b) => a + b), diskBytes: folderBytes(folder) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timePeer(peer, writer, folder) {
  const args = ['-c', TIMED, 'bash', writer, ...peer.command(folder)]
  const { stderr } = await run('bash', args, { timeout: PROCESS_MS_MAX, killSignal: 'SIGKILL' })
  const [user, system] = stderr.trim().split(' ').map(Number)
  if (!Number.isFinite(user + system)) throw new Error(`${peer.name} failed: ${stderr}`)
  return (user + system) * 1_000_000
}
