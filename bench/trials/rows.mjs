// Trial: how many lines a second one writer commits, by what it writes (the store's blocks, lean rows, text
// rows with three indexes), the journal, what a commit is worth, how many lines it has, and whether somebody
// reads.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bars, count, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { runPart } from '../part.mjs'

const BATCHES = [1, 100, 1_000, 10_000]

const WRITERS = [
  blocks('blocks, WAL, FULL (batch)', 'batch'),
  blocks('blocks, WAL, NORMAL (interval)', 'interval'),
  ...['lean', 'text'].flatMap((schema) =>
    ['WAL', 'DELETE'].flatMap((journal) =>
      ['FULL', 'NORMAL'].map((sync) => ({
        name: `${schema} rows, ${journal}, ${sync}`,
        part: 'insert-rows',
        settings: { schema, journal, sync },
      })),
    ),
  ),
]

function blocks(name, durability) {
  return { name, part: 'insert-blocks', settings: { durability } }
}

export async function run(options) {
  const { path } = openInput(options)
  const cells = []
  for (const { name, part, settings } of WRITERS) {
    for (const batch of BATCHES) {
      for (const hasReader of [false, true]) {
        options.say(`${name}, ${count(batch)} a commit${hasReader ? ', with a reader' : ''}`)
        const about = { path, batch, hasReader, seconds: options.seconds, ...settings }
        cells.push({ name, batch, hasReader, ...(await measureCell(part, about)) })
      }
    }
  }
  return report(cells)
}

async function measureCell(part, about) {
  const dir = mkdtempSync(join(tmpdir(), 'hero-rows-'))
  try {
    return await runPart(part, { dir, ...about })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function report(cells) {
  const find = (name, batch, hasReader) =>
    cells.find((cell) => cell.name === name && cell.batch === batch && cell.hasReader === hasReader)
  const head = ['lines a commit', ...BATCHES.map(count)]
  const table = (title, cell) => ({
    title,
    rows: [head, ...WRITERS.map(({ name }) => [name, ...BATCHES.map((size) => cell(name, size))])],
  })
  const thousands = (rate) => short(rate / 1000)
  const series = BATCHES.map((size) => `${count(size)} a commit`)
  return {
    tables: [
      table('Thousands of lines a second, nobody reads / with a reader', (name, size) =>
        [false, true].map((reads) => thousands(find(name, size, reads).rate)).join(' / '),
      ),
      table('CPU microseconds a line, nobody reads', (name, size) =>
        short(find(name, size, false).cpuUs),
      ),
      table('Answers a second for the reader meanwhile', (name, size) =>
        short(find(name, size, true).questions),
      ),
    ],
    notes: [
      'The first half of a second of each is left out: a thread that has just begun runs unoptimized code.',
      'The reader asks for the last 200 lines of a source and for a rare word, by turns.',
      'The store finds levels, compresses and signs in that time; rows are written as they are.',
    ],
    charts: [
      bars(
        'rates',
        'Lines a second by what is written and how many lines a commit has',
        'lines/s',
        series,
        WRITERS.map(({ name }) => [name, BATCHES.map((size) => find(name, size, false).rate)]),
      ),
    ],
    data: { cells },
  }
}
