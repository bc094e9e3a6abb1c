// R15: thousands of runs under one `serve`: services that end at once and are started again, on terminals
// and pipes, and one that cannot start. Afterwards serve must hold no more descriptors, terminals, zombies
// or memory than before.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPlace } from './place.mjs'

const SERVICES = 10
/** Part of the cycles that nothing is measured in. */
const WARM = 0.2
/** In shorter runs caches fill to the end: the figure is shown, and not judged. */
const JUDGED_CYCLES_MIN = 5_000
const SLOPE_BYTES_MAX = 2 ** 20
/** Stretches of the rest, each as large as at its lowest. */
const STRETCHES = 10
const LOOK_MS = 500

export const leaks = {
  id: 'R15',
  what: 'spawn and exit cycles under serve (PTY and pipe, every 10th cannot start)',
  bound: 'descriptors, terminals, zombies: 0 more; memory < 1 MB per 1,000 cycles',
  async run({ count }) {
    const cycles = count * 50
    const place = openPlace()
    try {
      const server = await place.serve()
      const { pid } = server.child
      const names = []
      for (let i = 0; i < SERVICES; i++) names.push(await add(server.client, i))
      // Before it is measured, caches fill, the compiler works, and threads are begun that stay.
      await turn(server, names, cycles * WARM)
      const before = figures(pid)
      const memory = await turn(server, names, cycles)
      const after = figures(pid)
      const seen = await descriptorsSeen(server.client)
      await server.end('SIGTERM')
      return judge({ before, after, seen, memory })
    } finally {
      place.remove()
    }
  },
}

async function add(client, i) {
  const definition = {
    name: `worker-${i}`,
    command: i === 0 ? ['no-such-command'] : ['ls', '/proc/self/fd'],
    capture: i % 2 === 0 ? 'pty' : 'pipe',
    restart: 'always',
    backoff_min_ms: 1,
    backoff_max_ms: 1,
  }
  await client.call('service.add', { definition })
  return definition.name
}

/** Lets the services go until they have had so many runs in all; returns memory by number of runs. */
async function turn({ client, child }, names, cycles) {
  const memory = []
  for (const name of names) {
    // One cannot start, and goes on trying.
    await client.call('service.start', { name }).catch(() => undefined)
  }
  for (let done = 0; done < cycles;) {
    await sleep(LOOK_MS)
    const { services } = await client.call('service.list')
    done = services.reduce((sum, { run }) => sum + (run ?? 0), 0)
    memory.push([done, residentBytes(child.pid)])
    process.stderr.write(`R15: ${done} of ${cycles} cycles\r`)
  }
  for (const name of names) await client.call('service.stop', { name })
  return memory
}

function judge({ before, after, seen, memory }) {
  const done = memory.at(-1)[0]
  const floor = floorOf(memory)
  const slope = slopeOf(floor)
  const failures = []
  for (const key of ['descriptors', 'terminals', 'zombies']) {
    if (after[key] > before[key]) failures.push(`${key}: ${before[key]} -> ${after[key]}`)
  }
  if (done >= JUDGED_CYCLES_MIN && slope >= SLOPE_BYTES_MAX)
    failures.push(`memory: ${Math.round(slope)} bytes per 1,000`)
  if (seen.length > 0) failures.push(`children saw more descriptors: ${seen.join(' ')}`)
  const figure =
    `${done} cycles; descriptors ${before.descriptors} -> ${after.descriptors}, terminals ` +
    `${after.terminals}, zombies ${after.zombies}, memory ` +
    `${mega(floor[0][1])} -> ${mega(floor.at(-1)[1])} MB, ${mega(slope)} MB per 1,000`
  return { figure, failures }
}

function mega(bytes) {
  return (bytes / 2 ** 20).toFixed(1)
}

/** Children list their descriptors: the listing itself opens one more. */
async function descriptorsSeen(client) {
  const { entries } = await client.call('logs.query', { origins: ['pty', 'pipe'], limit: 1_000 })
  const words = new Set(entries.flatMap(({ text = '' }) => text.split(/\s+/)))
  return [...words].filter((word) => !['', '0', '1', '2', '3'].includes(word))
}

function figures(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(pid, fd))
  return {
    descriptors: links.length,
    terminals: links.filter((link) => link === '/dev/ptmx' || link === '/dev/pts/ptmx').length,
    zombies: children.split(' ').filter((word) => word !== '' && isZombie(word)).length,
  }
}

function linkOf(pid, fd) {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`)
  } catch {
    return ''
  }
}

function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1_024
}

/** What lies above the floor is garbage that waits for its collection; what leaks raises the floor. */
function floorOf(points) {
  const size = Math.max(1, Math.ceil(points.length / STRETCHES))
  const stretches = Array.from({ length: Math.ceil(points.length / size) }, (_, i) =>
    points.slice(i * size, (i + 1) * size),
  )
  return stretches.map((stretch) => stretch.toSorted((a, b) => a[1] - b[1])[0])
}

/** Bytes per 1,000 cycles, by least squares. */
function slopeOf(points) {
  const n = points.length
  if (n < 2) return 0
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return (over / under) * 1_000
}
