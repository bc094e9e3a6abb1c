// Writes the input of the bench: a log file of a given number of lines, either made up from a seed (eleven
// formats in the mixture of a busy machine) or taken from a folder of real logs. A file is made once
// and kept in the folder for temporary files under a name that says what it holds.
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createLineMaker } from './line-formats.mjs'
import { createRandom } from './random.mjs'

/** Raise it when the same seed gives other lines: kept files of the old kind are then left alone. */
const GENERATION = 1

const CHUNK_BYTES = 1 << 20

/**
 * Returns `{ path, lines, bytes, sha256, origin }` of the input file, which is made first if need be.
 *
 * @param {{ lines: number, seed: number, corpus?: string }} options
 */
export function openInput({ lines, seed, corpus }) {
  const folder = join(tmpdir(), `hero-bench-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const kind = corpus === undefined ? `made-${GENERATION}` : `corpus-${fingerprint(corpus)}`
  const path = join(folder, `${kind}-${seed}-${lines}.log`)
  const about = `${path}.json`
  const kept = readKept(path, about)
  if (kept !== undefined) return kept
  const next = corpus === undefined ? makeLines(seed) : mixLines(corpus, seed)
  const input = { path, lines, ...writeLines(path, lines, next), origin: kind }
  writeFileSync(about, JSON.stringify(input))
  return input
}

/** What is known of a file made earlier; undefined when it is not there, or not whole. */
function readKept(path, about) {
  if (!existsSync(path) || !existsSync(about)) return undefined
  const kept = JSON.parse(readFileSync(about, 'utf8'))
  return statSync(path).size === kept.bytes ? kept : undefined
}

/** Writes the lines beside the final name first, so that a file under that name is always whole. */
function writeLines(path, lines, next) {
  const partial = `${path}.${process.pid}`
  const file = openSync(partial, 'w')
  const hash = createHash('sha256')
  let bytes = 0
  let pieces = []
  let held = 0
  const flush = () => {
    const chunk = Buffer.concat(pieces)
    writeSync(file, chunk)
    hash.update(chunk)
    bytes += chunk.length
    pieces = []
    held = 0
  }
  for (let line = 0; line < lines; line += 1) {
    const piece = next()
    pieces.push(piece)
    held += piece.length
    if (held >= CHUNK_BYTES) flush()
  }
  flush()
  closeSync(file)
  renameSync(partial, path)
  return { bytes, sha256: hash.digest('hex') }
}

/** A function that makes one line after the other, each with its line end. */
function makeLines(seed) {
  const make = createLineMaker(createRandom(seed))
  return () => Buffer.from(`${make()}\n`)
}

/** A function that takes bursts of 1 to 8 lines from the files of a folder in turn, over and over. */
function mixLines(folder, seed) {
  const random = createRandom(seed)
  const files = logFiles(folder).map((path) => ({ lines: splitLines(readFileSync(path)), at: 0 }))
  let current = files[0]
  let left = 0
  return () => {
    if (left === 0) {
      current = random.pick(files)
      left = random.integer(1, 8)
    }
    left -= 1
    const line = current.lines[current.at]
    current.at = (current.at + 1) % current.lines.length
    return line
  }
}

function logFiles(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'))
  if (names.length === 0) throw new Error(`Expected *.log files in ${folder}, got none`)
  return names.toSorted().map((name) => join(folder, name))
}

/** The lines of a file as bytes, each with its line end; the last one gets one if it had none. */
function splitLines(bytes) {
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
function fingerprint(folder) {
  const hash = createHash('sha256')
  for (const path of logFiles(folder)) hash.update(readFileSync(path))
  return hash.digest('hex').slice(0, 12)
}
