// Trial: many viewers of one source, over RPC and over WebSockets, some of them stopped. Each must see every
// line once, soon, and at little cost to hero_proc.
import { atLeast, atMost, count, short } from '../figures.mjs'
import { measureCrowd } from '../serve/crowds.mjs'

const LATENCY_MS_MAX = 250
const GROWTH_MB_MAX = 150
/** How much later others may see a line when some do not read (R12). */
const STOPPED_RATIO_MAX = 2

const CROWDS = [
  { name: '100 followers, 2,000 lines/s', kind: 'follow', count: 100, linesPerSecond: 2_000 },
  { name: '500 streams, 20 lines/s', kind: 'stream', count: 500, linesPerSecond: 20 },
  { name: '50 streams, 200 lines/s', kind: 'stream', count: 50, linesPerSecond: 200 },
  {
    name: '50 streams, 200 lines/s, 50 more stopped',
    kind: 'stream',
    count: 50,
    linesPerSecond: 200,
    stopped: 50,
  },
]

export async function run({ seconds, say }) {
  const crowds = []
  for (const { name, ...crowd } of CROWDS) {
    say(name)
    crowds.push({ name, ...(await measureCrowd({ ...crowd, seconds })) })
  }
  const [alone, stopped] = crowds.slice(-2)
  return {
    tables: [
      {
        rows: [
          ['', 'complete', 'repeats', 'p50 ms', 'p99 ms', 'max ms', 'CPU of a core', 'memory MB'],
          ...crowds.map((one) => [
            one.name,
            `${count(one.complete)} of ${count(one.viewers)}`,
            count(one.repeats),
            short(one.p50Ms),
            short(one.p99Ms),
            short(one.maxMs),
            `${short(one.serverCpuShare * 100)} %`,
            `+${short(one.rssGrowthMb)}`,
          ]),
        ],
      },
    ],
    checks: [
      ...crowds.flatMap(checksOf),
      atMost(
        'stopped viewers: p99 of the others',
        stopped.p99Ms / alone.p99Ms,
        STOPPED_RATIO_MAX,
        '×',
      ),
    ],
    failures: crowds
      .filter(({ complete, viewers, repeats }) => complete !== viewers || repeats > 0)
      .map(({ name }) => `${name}: not every viewer saw every line once`),
    data: { crowds },
  }
}

function checksOf(one) {
  return [
    atLeast(`${one.name}: complete`, one.complete, one.viewers, 'viewers'),
    atMost(`${one.name}: p99`, one.p99Ms, LATENCY_MS_MAX, 'ms'),
    atMost(`${one.name}: memory`, one.rssGrowthMb, GROWTH_MB_MAX, 'MB'),
    atMost(`${one.name}: an entry serialized`, one.serializedPerLine, 1, 'times'),
  ]
}
