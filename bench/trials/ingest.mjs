// Trial: entries that programs hand over themselves, through `logs.insert` and through `WS /ingest`, by how
// many come in one request or message.
import { atLeast, bars, count, short } from '../figures.mjs'
import { measureIngest } from '../serve/ingest.mjs'
import { measureInserts } from '../serve/inserts.mjs'

const BATCHES = [1, 10, 100, 1_000, 10_000]
const UNDER_WAY = 4
/** A WebSocket message has at most 1 MB. */
const MESSAGES = [1, 10, 100, 1_000]
const ENTRIES_MIN = 150_000

export async function run({ seconds, say }) {
  const ways = [
    ...['queued', 'commit'].flatMap((ack) =>
      BATCHES.map((size) => ({
        way: `logs.insert, ack ${ack}`,
        size,
        measure: () => measureInserts({ perRequest: size, underWay: UNDER_WAY, ack, seconds }),
      })),
    ),
    ...MESSAGES.map((size) => ({
      way: 'WS /ingest',
      size,
      measure: () => measureIngest({ perMessage: size, seconds }),
    })),
  ]
  const measured = []
  for (const { way, size, measure } of ways) {
    say(`${way}, ${count(size)} at once`)
    measured.push({ way, size, ...(await measure()) })
  }
  return report(measured)
}

function report(measured) {
  const thousands = measured.filter(({ size }) => size === 1_000)
  return {
    tables: [
      {
        rows: [
          ['', 'entries at once', 'entries/s', 'messages/s', 'CPU us/entry', 'peak MiB'],
          ...measured.map(({ way, size, ...figures }) => [
            way,
            count(size),
            count(figures.entriesPerSecond),
            count(figures.requestsPerSecond),
            short(figures.serverCpuUsPerEntry),
            short(figures.rssMaxMb),
          ]),
        ],
      },
    ],
    notes: [`One client, ${UNDER_WAY} requests under way; it shares the cores with hero_proc`],
    checks: thousands.map(({ way, entriesPerSecond }) =>
      atLeast(`${way}, 1,000 at once`, entriesPerSecond, ENTRIES_MIN, 'entries/s'),
    ),
    charts: [
      bars(
        'rates',
        'Entries a second by how many come at once',
        'entries/s',
        ['entries/s'],
        measured.map(({ way, size, entriesPerSecond }) => [
          `${way}, ${count(size)}`,
          [entriesPerSecond],
        ]),
      ),
    ],
    data: { measured },
  }
}
