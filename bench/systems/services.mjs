// The services that systems are fed by: shells that wait at a gate, print their input in one of three ways,
// and leave a mark when they have. All of them start to print at the same instant.
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const DRIP = fileURLToPath(new URL('../parts/drip.mjs', import.meta.url))
const READY_MS_MAX = 30_000
/** The first lines warm everything up; the file is read on from there. */
const SCRIPT =
  'mark="$1"; exec < "$3"; head -n "$4"; : > "$mark.ready"; read go < "$2"; shift 4; "$@"; : > "$mark.done"'

/** How a service prints its input. */
const WRITERS = {
  block: () => ['cat'],
  line: () => ['grep', '-a', '--line-buffered', ''],
  trickle: ({ rate, seconds }) => [process.execPath, DRIP, String(rate), String(seconds)],
}

/**
 * One service for each input. `command` is its program with arguments; a system that has services of its own
 * starts it, for others `startService` does.
 *
 * @param {{ writer: 'block' | 'line' | 'trickle', warmUpLines: number, rate?: number, seconds?: number }} feed
 *   Warm-up lines and rate are those of each service.
 */
export function openServices(folder, inputs, feed) {
  const gatePath = join(folder, 'gate')
  execFileSync('mkfifo', [gatePath])
  // Open in both directions: the services do not wait for a writer, only for what is written.
  const gate = openSync(gatePath, constants.O_RDWR)
  const list = inputs.map((input, i) => {
    const mark = join(folder, `mark${i + 1}`)
    const args = [mark, gatePath, input.path, String(feed.warmUpLines)]
    const command = ['sh', '-c', SCRIPT, 'sh', ...args, ...WRITERS[feed.writer](feed)]
    return { name: `service${i + 1}`, mark, command }
  })
  const haveAll = (end) => list.every(({ mark }) => existsSync(`${mark}.${end}`))
  return {
    list,
    ready: async () => {
      const endMs = performance.now() + READY_MS_MAX
      while (!haveAll('ready')) {
        if (performance.now() > endMs) throw new Error('The services did not start')
        await sleep(5)
      }
    },
    fire: () => writeSync(gate, '\n'.repeat(list.length)),
    areDone: () => haveAll('done'),
    close: () => closeSync(gate),
  }
}

/** Starts a service whose output goes to a descriptor or socket. */
export function startService({ command: [program, ...args] }, output) {
  return spawn(program, args, {
    stdio: ['ignore', output, 'ignore'],
    env: { ...process.env, LC_ALL: 'C' },
  })
}

/** A pipe of the kernel: Node's own are sockets. */
export function openPipe(folder, name) {
  const path = join(folder, `${name}.pipe`)
  execFileSync('mkfifo', [path])
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  return { read, write }
}
