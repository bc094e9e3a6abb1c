// Trial: the store's blocks beside tables of rows on the same lines: size, the time for a rare word and for the
// last lines of a source, and retention: files that are unlinked against rows that are deleted.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bars, count, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { runPart } from '../part.mjs'

const SCHEMAS = [
  { name: 'blocks', part: 'keep-blocks' },
  { name: 'lean rows, one index', part: 'keep-rows', schema: 'lean' },
  { name: 'text rows, three indexes', part: 'keep-rows', schema: 'text' },
]

export async function run(options) {
  const { path, lines } = openInput(options)
  const kept = []
  for (const { name, part, schema } of SCHEMAS) {
    options.say(name)
    const dir = mkdtempSync(join(tmpdir(), 'hero-schema-'))
    try {
      const about = { dir, path, schema, repetitions: options.repetitions }
      kept.push({ name, ...(await runPart(part, about)) })
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  return report(kept, lines)
}

function report(kept, lines) {
  const mb = (bytes) => (bytes === undefined ? '' : (bytes / 1e6).toFixed(1))
  return {
    tables: [
      {
        rows: [
          ['', 'lines/s', 'CPU us/line', 'B/line', 'rare word ms', 'last 200 ms'],
          ...kept.map((one) => [
            one.name,
            count(one.rate),
            short(one.cpuUs),
            short(one.bytes / lines),
            short(one.searchMs),
            short(one.tailMs),
          ]),
        ],
      },
      {
        title: 'Retention: the older half goes',
        rows: [
          ['', 'took ms', 'MB before', 'MB after', 'MB after VACUUM', 'VACUUM ms'],
          ...kept.map((one) => [
            one.name,
            short(one.removeMs),
            mb(one.bytes),
            mb(one.bytesLeft),
            mb(one.bytesAfterVacuum),
            one.vacuumMs === undefined ? '' : short(one.vacuumMs),
          ]),
        ],
      },
    ],
    notes: [`${count(lines)} lines; rows in WAL mode, NORMAL, 1,000 a transaction`],
    charts: [
      bars(
        'size',
        'Bytes a line by schema',
        'B/line',
        ['B/line'],
        kept.map(({ name, bytes }) => [name, [bytes / lines]]),
      ),
    ],
    failures: kept
      .filter(({ found }) => found !== 1)
      .map(({ name, found }) => `${name}: found the one line ${found} times`),
    data: { kept },
  }
}
