// Trial: a store that is too slow for what comes. Lines must be dropped; whose, and whether each one is told,
// is the question.
import { atMost, count, short } from '../figures.mjs'
import { runPart } from '../part.mjs'

/** Each commit takes this long, as on a disk that is in trouble. */
const DELAY_MS = 60
const GROWTH_MIB_MAX = 64
const LOOP_MS_MAX = 20

export async function run({ seconds, say }) {
  say(`${seconds} s`)
  return report(await runPart('overload', { seconds, delayMs: DELAY_MS }))
}

function report({ flood, quiet, told, lawBroken, checks, queue, growthMib, delayMs }) {
  const quietLost = quiet.reduce((sum, { dropped }) => sum + dropped, 0)
  const untold = {
    lines: Math.abs(flood.dropped - told.lines),
    bytes: Math.abs(flood.bytes.dropped - told.bytes),
  }
  return {
    tables: [
      {
        rows: [
          ['', 'received', 'stored', 'dropped', 'told by gap entries'],
          ['flood', ...[flood.received, flood.stored, flood.dropped, told.lines].map(count)],
          ...quiet.map(({ received, stored, dropped }, i) => [
            `quiet service ${i + 1}`,
            ...[received, stored, dropped].map(count),
            '',
          ]),
        ],
      },
    ],
    notes: [
      `Each commit takes ${DELAY_MS} ms longer than it would`,
      `${told.entries} gap entries; queue at most ${count(queue.high_water)} of ${count(queue.bytes_max)} bytes`,
      `Accounts looked at ${checks} times, ${lawBroken.length} times they did not add up`,
    ],
    checks: [
      atMost('lines lost by quiet services', quietLost, 0, 'lines'),
      atMost('lines lost and not told', untold.lines, 0, 'lines'),
      atMost('bytes lost and not told', untold.bytes, 0, 'bytes'),
      atMost('memory above idle', growthMib, GROWTH_MIB_MAX, 'MiB'),
      atMost('event loop delay, p99', delayMs, LOOP_MS_MAX, 'ms'),
    ],
    failures: [
      ...lawBroken,
      ...(quietLost > 0 ? [`quiet services lost ${short(quietLost)} lines`] : []),
      ...(untold.lines + untold.bytes > 0
        ? [`not told: ${untold.lines} lines, ${untold.bytes} bytes`]
        : []),
    ],
    data: { flood, quiet, told, growthMib, delayMs },
  }
}
