// Trial: from the write of a child to its line's commit, to a follower in the process that keeps it, and to a
// viewer over a WebSocket, at three rates.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atMost, bars, count, short } from '../figures.mjs'
import { runPart } from '../part.mjs'
import { openCrowd } from '../serve/crowds.mjs'
import { startServer } from '../serve/server.mjs'

const STAMPS = fileURLToPath(new URL('../parts/stamps.mjs', import.meta.url))
const RATES = [100, 10_000, 100_000]
/** Lines of this time are not counted: threads start, and code is compiled. */
const WARM_UP_SECONDS = 1
/** The delay of a flush, and 20 ms. */
const FOLLOWER_MS_MAX = 70
const FOLLOWER_MS_AIM = 10
const WAYS = { committed: 'committed', follower: 'library follower', viewer: 'WebSocket viewer' }

export async function run({ seconds, say }) {
  const measured = []
  for (const rate of RATES) {
    say(`${count(rate)} lines/s, library`)
    const library = await measureLibrary(rate, seconds + WARM_UP_SECONDS)
    say(`${count(rate)} lines/s, viewer`)
    measured.push({ rate, ...library, ...(await measureViewer(rate, seconds + WARM_UP_SECONDS)) })
  }
  return report(measured)
}

async function measureLibrary(rate, seconds) {
  const dir = mkdtempSync(join(tmpdir(), 'hero-latency-'))
  try {
    return await runPart('follow-stamps', {
      dir,
      rate,
      seconds,
      warmUpLines: rate * WARM_UP_SECONDS,
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function measureViewer(rate, seconds) {
  const server = await startServer()
  const crowd = await openCrowd(server.socketPath, 'stream', 1)
  try {
    const command = [process.execPath, STAMPS, String(rate), String(seconds)]
    const definition = { name: 'bench', command, capture: 'pipe', restart: 'never' }
    await server.client.call('service.add', { definition, start: true })
    const seen = await crowd.ask({ until: rate * seconds, skip: rate * WARM_UP_SECONDS })
    const viewer = { p50: seen.p50Ms, p99: seen.p99Ms, max: seen.maxMs }
    return { viewer, gaps: seen.gaps, repeats: seen.repeats }
  } finally {
    crowd.child.kill('SIGKILL')
    await server.stop()
  }
}

function report(measured) {
  const ways = Object.keys(WAYS)
  return {
    tables: [
      {
        title: 'Milliseconds from the write: p50 / p99 / longest',
        rows: [
          ['lines/s', ...Object.values(WAYS)],
          ...measured.map((one) => [
            count(one.rate),
            ...ways.map((way) => {
              const { p50, p99, max } = one[way]
              return [p50, p99, max].map(short).join(' / ')
            }),
          ]),
        ],
      },
    ],
    checks: measured.map(({ rate, follower }) =>
      atMost(
        `follower, p99, ${count(rate)} lines/s`,
        follower.p99,
        FOLLOWER_MS_MAX,
        'ms',
        FOLLOWER_MS_AIM,
      ),
    ),
    charts: [
      bars(
        'p99',
        'Milliseconds from the write, p99',
        'ms',
        Object.values(WAYS),
        measured.map((one) => [`${count(one.rate)} lines/s`, ways.map((way) => one[way].p99)]),
      ),
    ],
    failures: measured
      .filter(({ dropped, gaps, repeats }) => dropped + gaps + repeats > 0)
      .map(({ rate }) => `${count(rate)} lines/s: lines were dropped, missed or repeated`),
    data: { measured },
  }
}
