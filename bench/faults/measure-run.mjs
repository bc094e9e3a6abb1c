// One measured run of hero_proc, from outside: a fresh data folder, a process of its own, the wall time
// from its start to its exit, the CPU time of all of its threads, what it left on disk, and whether
// that is byte for byte what went in.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderBytes, PROCESS_MS_MAX, runPart } from '../part.mjs'

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const REPORT = new URL('report-usage.mjs', import.meta.url).href

/**
 * Runs a command that prints the input under hero_proc and reads everything back. What is left to regroup
 * is regrouped before the disk is looked at, and counts. The folder is removed unless something was lost;
 * then its path is in the result, to look into.
 *
 * @param {'pipe' | 'pty'} capture
 * @param {{ path: string, lines: number, bytes: number, sha256: string }} input
 * @param {string[]} command
 */
export async function measureRun(capture, input, command = ['cat', input.path]) {
  const folder = mkdtempSync(join(tmpdir(), 'hero-run-'))
  const usage = await runUnderHeroProc(capture, command, folder)
  const dataDir = join(folder, 'data')
  const compaction = await runPart('compact', { dir: join(dataDir, 'logs') })
  const diskBytes = folderBytes(dataDir)
  const output = await readBack(dataDir)
  const linesLost = input.lines - output.lines
  const same = output.sha256 === input.sha256
  if (same) rmSync(folder, { recursive: true, force: true })
  const cpuUs = usage.cpuUs + compaction.cpuUs
  return { ...usage, cpuUs, diskBytes, linesLost, same, ...(same ? {} : { dataDir }) }
}

/** The same with nothing to print: what starting and stopping cost. */
export async function measureStart(capture) {
  const folder = mkdtempSync(join(tmpdir(), 'hero-run-'))
  const empty = join(folder, 'empty')
  writeFileSync(empty, '')
  try {
    return await runUnderHeroProc(capture, ['cat', empty], folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runUnderHeroProc(capture, command, folder) {
  const usageFile = join(folder, 'usage.json')
  const args = ['run', '--quiet', '--capture', capture, '--data-dir', join(folder, 'data')]
  const environment = { HERO_BENCH_USAGE: usageFile, NODE_OPTIONS: `--import ${REPORT}` }
  const startMs = performance.now()
  await runMain([...args, '--', ...command], environment, () => {})
  const wallMs = performance.now() - startMs
  return { wallMs, ...JSON.parse(readFileSync(usageFile, 'utf8')) }
}

async function readBack(dataDir) {
  const hash = createHash('sha256')
  let lines = 0
  const args = [
    'logs',
    '--stream',
    'stdout',
    '-o',
    'cat',
    '--raw',
    '-n',
    'all',
    '--data-dir',
    dataDir,
  ]
  await runMain(args, {}, (chunk) => {
    hash.update(chunk)
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1
  })
  return { lines, sha256: hash.digest('hex') }
}

/** Resolves when the command has exited with 0; rejects with what it said otherwise. */
function runMain(args, environment, onOutput) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROCESS_MS_MAX,
      killSignal: 'SIGKILL',
    })
    let talk = ''
    child.stdout.on('data', onOutput)
    child.stderr.on('data', (chunk) => {
      if (talk.length < 4000) talk += String(chunk)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`hero_proc ${args.join(' ')} ended with ${code ?? signal}\n${talk}`))
    })
  })
}
