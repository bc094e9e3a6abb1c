// R21: SIGKILL to serve. The policy: the kernel tells each service at once (when_orphaned "stop"), and the
// next serve ends whatever is left, of groups and sessions that got away too, before it starts anything.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../random.mjs'
import { addServices, halfOf, openPlace, percentile, until } from './place.mjs'

const BACK_MS_MAX = 2_000
const DEADLINE_MS = 300

const KINDS = {
  quiet: { command: ['sleep', '100000'] },
  kept: { command: ['sleep', '100000'], when_orphaned: 'keep' },
  prints: { command: ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done'] },
  piped: { command: ['seq', '1', '100000000'], capture: 'pipe' },
  tee: { command: ['sh', '-i'], capture: 'tee' },
  parent: { command: ['sh', '-c', 'sleep 100000 & sleep 100000 & wait'] },
  deaf: { command: ['sh', '-c', "trap '' TERM HUP; while :; do sleep 0.05; done"] },
  escapes: {
    command: ['sh', '-c', 'setsid sh -c "sleep 100000 & exec sleep 100000" & exec sleep 100000'],
    capture: 'pipe',
  },
}
const SERVICES = Object.entries(KINDS).map(([name, kind]) => ({
  name,
  stop_deadline_ms: DEADLINE_MS,
  ...kind,
}))

export const supervisorDeath = {
  id: 'R21',
  what: 'SIGKILL to serve with quiet, printing, deaf and escaping services, then a new serve',
  bound: 'nothing of before is left, everything runs again, within 2 s',
  async run({ count, seed }) {
    const kills = halfOf(count)
    const random = createRandom(seed)
    const place = openPlace()
    const state = { backMs: [], failures: [], survived: 0, atOnce: 0 }
    try {
      let server = await place.serve()
      await addServices(server.client, SERVICES)
      for (let kill = 0; kill < kills; kill++) {
        await sleep(random.integer(20, 300))
        server = await killAndServe(place, server, state, kill + 1)
        if (kill % 10 === 9) process.stderr.write(`R21: ${kill + 1} of ${kills} kills\r`)
      }
      const code = await server.end('SIGTERM')
      if (code !== 0) state.failures.push(`the last stop exited with ${code}`)
      const left = processesOf(ownerIn(place))
      if (left.length > 0) state.failures.push(`after stop: ${left.join(', ')} are left`)
    } finally {
      place.remove()
    }
    const { backMs, failures, survived, atOnce } = state
    const slowest = Math.max(...backMs)
    if (slowest > BACK_MS_MAX) failures.push(`the slowest was back after ${Math.round(slowest)} ms`)
    const figure =
      `${kills} kills; ${atOnce} processes ended at once, ${survived} by the next serve, 0 later; all ` +
      `back after ${percentile(backMs, 0.5).toFixed(0)} ms median, ${slowest.toFixed(0)} ms slowest`
    return { figure, failures }
  },
}

async function killAndServe(place, server, state, kill) {
  const owner = ownerIn(place)
  const before = processesOf(owner)
  await server.end('SIGKILL')
  const orphans = processesOf(owner).filter((process) => before.includes(process))
  state.survived += orphans.length
  state.atOnce += before.length - orphans.length
  const begun = performance.now()
  const next = await place.serve()
  const { services } = await until(async () => {
    const found = await next.client.call('service.list')
    return found.services.every((one) => one.state === 'running') ? found : undefined
  }, 10_000).then((found) => found ?? { services: [] })
  state.backMs.push(performance.now() - begun)
  if (services.length !== SERVICES.length) {
    state.failures.push(`kill ${kill}: not everything runs again`)
  }
  const left = processesOf(owner).filter((process) => before.includes(process))
  if (left.length > 0) state.failures.push(`kill ${kill}: ${left.join(', ')} are left`)
  return next
}

function ownerIn({ dataDir }) {
  return readFileSync(`${dataDir}/services/.owner`, 'utf8').trim()
}

/** Every process that a hero_proc of this data dir has started: pid and start time. */
function processesOf(owner) {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const words = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
      if (!words.includes(`HERO_PROC_OWNER=${owner}`)) return []
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? [] : [`${pid}@${fields[19]}`]
    } catch {
      return []
    }
  })
}
