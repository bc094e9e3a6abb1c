// Trial: how well blocks are told apart without decoding them. Words that occur nowhere: every line that
// is decoded for one of them was decoded for nothing.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, percentile, short } from '../figures.mjs'
import { folderBytes, runPart } from '../part.mjs'
import { signatureBytes } from '../shared/sqlite.mjs'

const SOURCES = Array.from({ length: 10 }, (_, i) => `source${i + 1}`)
const NEEDLES = 1_000

export async function run(options) {
  const { lines, seed, corpus, seconds, say } = options
  const dir = mkdtempSync(join(tmpdir(), 'hero-signatures-'))
  try {
    say(`making a store of ${count(lines)} lines`)
    await runPart('build', { dir, lines, sources: SOURCES, seed, corpus })
    say(`asking for up to ${NEEDLES} words of each kind`)
    const kinds = await runPart('needles', { dir, seed, corpus, needles: NEEDLES, seconds })
    const bytes = signatureBytes(partitionsIn(dir))
    return report(kinds, { bytes, disk: folderBytes(dir), lines })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function partitionsIn(dir) {
  const names = readdirSync(dir).filter((name) => /^p-.*\.db$/.test(name))
  return names.map((name) => join(dir, name))
}

function report(kinds, { bytes, disk, lines }) {
  const share = (value) => `${short((value / lines) * 100)} %`
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length
  const rowOf = ({ kind, scanned, met }) => [
    kind,
    count(scanned.length),
    count(met),
    ...(scanned.length === 0
      ? ['-', '-', '-']
      : [mean(scanned), percentile(scanned, 0.5), percentile(scanned, 0.99)].map(share)),
  ]
  return {
    tables: [
      {
        rows: [
          ['words', 'occur nowhere', 'occur', 'decoded for nothing: mean', 'p50', 'p99'],
          ...kinds.map(rowOf),
        ],
      },
    ],
    notes: [
      bytes === undefined
        ? 'the store has no table of signatures'
        : `signatures: ${short(bytes / lines)} of ${short(disk / lines)} bytes a line`,
    ],
    data: { signature_bytes: bytes ?? null, disk_bytes: disk, lines },
  }
}
