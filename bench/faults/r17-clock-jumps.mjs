// R17: the clock jumps under a serving hero_proc: an hour ahead and back, a day back, to the year 2038, and
// past a change to summer time. faketime moves it, for the whole process, retention included.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { openLogReader } from '@hero/logs'
import { openPlace, readAll, until } from './place.mjs'

/** What the clock says beside the true time; absolute ones are close to what is remarkable. */
const JUMPS = [
  '+3600',
  '-3600',
  '+0',
  '-86400',
  '@2038-01-19 03:14:00',
  '@2027-03-28 00:59:58',
  '+0',
]
const BETWEEN_MS = 2_500
const KEEP_AGE_MS = 1_800_000
const PRINTS = 'i=0; while :; do i=$((i+1)); echo "$i"; sleep 0.01; done'

export const clockJumps = {
  id: 'R17',
  what: 'the clock jumps by +1 h, -1 h, -1 day, to 2038 and over a change to summer time',
  bound: 'order intact, follow 0 gap and 0 twice, nothing younger than the policy is removed',
  needs: ['faketime'],
  async run() {
    const clock = join(mkdtempSync(join(tmpdir(), 'hero-fault-')), 'clock')
    writeFileSync(clock, '+0')
    const place = openPlace(undefined, {
      TZ: 'Europe/Berlin',
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      HERO_PROC_KEEP_AGE_MS: String(KEEP_AGE_MS),
      HERO_PROC_PARTITION_AGE_MS: '5000',
    })
    const failures = []
    const server = await place.serve()
    try {
      const definition = { name: 'prints', command: ['sh', '-c', PRINTS], capture: 'pipe' }
      await server.client.call('service.add', { definition, start: true })
      const followed = follow(join(place.folder, 'run/hero_proc/rpc.sock'))
      for (const jump of JUMPS) {
        writeFileSync(clock, jump)
        await sleep(BETWEEN_MS)
      }
      await server.client.call('service.stop', { name: 'prints' })
      const reader = openLogReader({ dir: place.logsDir })
      const entries = await readAll(reader, { sources: ['prints'], origins: ['pipe'] })
      reader.close()
      const last = entries.at(-1)?.seq
      await until(() => (followed.entries.at(-1)?.seq >= last ? true : undefined), 5_000)
      followed.close()
      judge(entries, followed, failures)
      const code = await server.end('SIGTERM')
      if (code !== 0) failures.push(`serve exited with ${code}: ${server.said()}`)
      const spread = (entries.at(-1).ts - entries[0].ts) / 3_600_000_000
      const jumps = entries.filter(({ ts }, i) => i > 0 && Math.abs(ts - entries[i - 1].ts) > 1e9)
      if (jumps.length < 2) failures.push(`only ${jumps.length} jumps are seen: the clock stood`)
      return {
        figure: `${JUMPS.length} settings, ${jumps.length} jumps over ${spread.toFixed(0)} h, ${entries.length} lines, ${followed.entries.length} followed`,
        failures,
      }
    } finally {
      if (server.isAlive()) await server.end('SIGKILL')
      rmSync(dirname(clock), { recursive: true })
      place.remove()
    }
  },
}

/** The library that the command puts into what it runs. */
function library() {
  return execFileSync('faketime', ['-f', '+0', 'sh', '-c', 'echo $LD_PRELOAD'], {
    encoding: 'utf8',
  })
    .trim()
    .split(':')
    .at(-1)
}

/** Follows the service over a WebSocket; `entries` fill as they come. */
function follow(socketPath) {
  const socket = new WebSocket(`ws+unix:${socketPath}:/stream/prints`)
  const followed = { entries: [], close: () => socket.terminate() }
  socket.on('error', () => {})
  socket.on('message', (data) => {
    const message = JSON.parse(/** @type {Buffer} */ (data).toString())
    if (message.seq !== undefined) followed.entries.push(message)
  })
  return followed
}

function judge(entries, followed, failures) {
  const hole = entries.findIndex(({ text }, i) => text !== String(i + 1))
  if (hole >= 0)
    failures.push(`line ${hole + 1} says ${entries[hole].text}: removed or out of order`)
  const lines = followed.entries.filter(({ origin }) => origin === 'pipe')
  const numbers = lines.map(({ text }) => Number(text))
  const wrong = numbers.findIndex((number, i) => i > 0 && number !== numbers[i - 1] + 1)
  if (wrong >= 0) failures.push(`followed ${numbers[wrong]} after ${numbers[wrong - 1]}`)
  if (numbers.at(-1) !== entries.length)
    failures.push(`followed up to ${numbers.at(-1)} of ${entries.length}`)
}
