// Loaded into the measured process before anything else (NODE_OPTIONS=--import). When the process
// exits, it writes what the process used, all of its threads included and its children not. The two
// variables are taken out at once: services and workers must not see or repeat this.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.HERO_BENCH_USAGE
delete process.env.HERO_BENCH_USAGE
delete process.env.NODE_OPTIONS

if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    const rssMaxKib = process.resourceUsage().maxRSS
    writeFileSync(file, JSON.stringify({ cpuUs: user + system, rssMaxKib }))
  })
}
