// Trial: where the CPU time of a flood goes. hero_proc runs with the sampling profiler of V8 on every thread;
// a sample belongs to the function that was running, without those it had called.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { mainCommand } from '../serve/server.mjs'

const FUNCTIONS_MAX = 14
/** Microseconds between samples. */
const INTERVAL_US = 500
const WAITING = ['(idle)', '(program)', '(root)']

export async function run(options) {
  const input = openInput(options)
  const folder = mkdtempSync(join(tmpdir(), 'hero-profile-'))
  try {
    options.say(`${count(input.lines)} lines`)
    await runProfiled(folder, input.path)
    const threads = readdirSync(folder)
      .filter((name) => name.endsWith('.cpuprofile'))
      .map((name) => readProfile(join(folder, name)))
      .toSorted((a, b) => b.busyUs - a.busyUs)
    return report(threads, input.lines)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runProfiled(folder, path) {
  const run = ['run', '--quiet', '--capture', 'pipe', '--', 'cat', path]
  const [program, ...args] = mainCommand(join(folder, 'data'), run)
  const flags = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', INTERVAL_US]
  const child = spawn(program, [...flags.map(String), ...args], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`hero_proc run ended with ${code}`)
}

/** Microseconds of a thread by function, without waiting. */
function readProfile(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'))
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const functions = new Map()
  let busyUs = 0
  for (const [i, id] of samples.entries()) {
    const name = names.get(id)
    if (WAITING.includes(name)) continue
    functions.set(name, (functions.get(name) ?? 0) + timeDeltas[i])
    busyUs += timeDeltas[i]
  }
  const isWriter = [...functions.keys()].some((name) => name.includes('store/store-writer'))
  const top = [...functions].toSorted(([, a], [, b]) => b - a).slice(0, FUNCTIONS_MAX)
  return { thread: isWriter ? 'writer' : 'main', busyUs, top }
}

/** `function (package/file)`; what is native has no file. */
function nameOf({ functionName, url }) {
  const file = /packages\/([^/]+)\/dist\/(.*)\.js$/.exec(url)
  const place = file ? `${file[1]}/${file[2]}` : url.replace(/^.*node_modules\//, '')
  return place === '' ? functionName : `${functionName || 'anonymous'} (${place})`
}

function report(threads, lines) {
  const working = threads.filter(({ busyUs }) => busyUs / lines > 0.01)
  return {
    tables: working.map(({ thread, busyUs, top }) => ({
      title: `The ${thread} thread: ${short(busyUs / lines)} us a line`,
      rows: [
        ['function', 'us/line', 'share'],
        ...top.map(([name, us]) => [name, short(us / lines), `${short((us / busyUs) * 100)} %`]),
      ],
    })),
    notes: [
      'One cold run of `hero_proc run` with a pipe, its start included.',
      'Native code counts to the function that called it: `processChunkSync` is compression, `exec` is a commit and its wait for the disk.',
      'Threads of the collector and the compiler are not seen by this profiler.',
    ],
    data: { threads: working },
  }
}
