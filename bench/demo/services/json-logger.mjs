// A program that logs JSON: levels and fields are found without any setting.
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../random.mjs'

const random = createRandom(Date.now() + 1)
const MESSAGES = ['job done', 'job started', 'retrying', 'cache is warm', 'disk is nearly full']
const LEVELS = ['info', 'info', 'debug', 'warn', 'error']

for (let job = 1; ; job += 1) {
  const record = {
    time: new Date().toISOString(),
    level: random.pickSkewed(LEVELS),
    msg: random.pickSkewed(MESSAGES),
    job,
    ms: random.integer(5, 4000),
    worker: { host: `worker-${random.integer(1, 4)}`, attempt: random.integer(1, 3) },
  }
  process.stdout.write(`${JSON.stringify(record)}\n`)
  await sleep(random.integer(400, 2000))
}
