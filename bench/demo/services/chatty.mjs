// A busy web application: bursts of lines at several levels, with a pause between bursts.
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../random.mjs'

const random = createRandom(Date.now())
const PATHS = ['/', '/login', '/orders', '/orders/7781', '/cart', '/static/app.js', '/health']

function line() {
  const stamp = new Date().toISOString()
  const ms = random.integer(1, 900)
  const path = random.pickSkewed(PATHS)
  const point = random.next()
  if (point < 0.02) return `${stamp} ERROR pool: no connection after ${ms} ms, giving up on ${path}`
  if (point < 0.1) return `${stamp} WARN  http: slow answer: GET ${path} took ${ms + 1000} ms`
  if (point < 0.3)
    return `${stamp} DEBUG cache: ${path} ${point < 0.2 ? 'hit' : 'miss'} in ${ms} us`
  return `${stamp} INFO  http: GET ${path} 200 ${random.integer(200, 90_000)} bytes in ${ms} ms`
}

for (;;) {
  const lines = Array.from({ length: random.integer(1, 12) }, line)
  process.stdout.write(`${lines.join('\n')}\n`)
  await sleep(random.integer(300, 1500))
}
