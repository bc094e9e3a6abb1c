// Endless lines for the bench: real ones from a folder of logs, shuffled, or made-up ones. The same seed
// gives the same lines.
//
// A folder's lines are taken in bursts of 1 to 8, as programs print them. Each time the folder has been
// gone through, it is cut into other bursts and shuffled anew: a block must not hold a passage twice, or
// repetition would flatter its size.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLineMaker } from './line-formats.mjs'
import { createRandom } from './random.mjs'

/** Raise one when the same seed gives other lines: kept files of the old kind are then left alone. */
const MADE_GENERATION = 2
const CORPUS_GENERATION = 3

const BURST_LINES_MAX = 8

/**
 * Returns `{ kind, lines }`: a word that says what the lines are, and a function from a seed to a function
 * that gives one line after the other, as bytes with their line end.
 *
 * @param {string} [folder] With `*.log` files; made-up lines without it.
 */
export function openLineSource(folder) {
  if (folder === undefined) return { kind: `made-${MADE_GENERATION}`, lines: makeLines }
  const contents = logFiles(folder).map((path) => readFileSync(path))
  const files = contents.map(splitLines)
  return {
    kind: `corpus-${CORPUS_GENERATION}-${fingerprint(contents)}`,
    lines: (seed) => {
      const mixed = mixLines(files, createRandom(seed))
      return () => mixed.next().value
    },
  }
}

function makeLines(seed) {
  const make = createLineMaker(createRandom(seed))
  return () => Buffer.from(`${make()}\n`)
}

function* mixLines(files, random) {
  for (;;) {
    const bursts = files.flatMap((lines) => cutBursts(lines, random))
    shuffle(bursts, random)
    for (const burst of bursts) yield* burst
  }
}

function cutBursts(lines, random) {
  const bursts = []
  for (let at = 0; at < lines.length;) {
    const length = random.integer(1, BURST_LINES_MAX)
    bursts.push(lines.slice(at, at + length))
    at += length
  }
  return bursts
}

function shuffle(items, random) {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.integer(0, last)
    const item = items[last]
    items[last] = items[other]
    items[other] = item
  }
}

function logFiles(folder) {
  const all = existsSync(folder) ? readdirSync(folder) : []
  const names = all.filter((name) => name.endsWith('.log'))
  if (names.length === 0) throw new Error(`Expected *.log files in ${folder}, got none`)
  return names.toSorted().map((name) => join(folder, name))
}

/** The lines of a file as bytes, each with its line end; the last one gets one if it had none. */
export function splitLines(bytes) {
  const lines = []
  let start = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end + 1))
    start = end + 1
  }
  if (start < bytes.length) lines.push(Buffer.concat([bytes.subarray(start), Buffer.from('\n')]))
  return lines
}

/** A short name for what a folder's log files hold. */
function fingerprint(contents) {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  return hash.digest('hex').slice(0, 12)
}
