// Writes the input of the bench: a log file of a given number of lines, either made up from a seed (eleven
// formats in the mixture of a busy machine) or taken from a folder of real logs. A file is made once
// and kept in the folder for temporary files under a name that says what it holds.
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { openLineSource } from './line-source.mjs'

const CHUNK_BYTES = 1 << 20

/** A word that begins the middle line of every input and occurs nowhere else. */
export const NEEDLE = 'zq7kx0vw2j'

/**
 * Returns `{ path, lines, bytes, sha256, origin }` of the input file, which is made first if need be.
 *
 * @param {{ lines: number, seed: number, corpus?: string }} options
 */
export function openInput({ lines, seed, corpus }) {
  const folder = join(tmpdir(), `hero-bench-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const source = openLineSource(corpus)
  const path = join(folder, `${source.kind}-${seed}-${lines}.log`)
  const about = `${path}.json`
  const kept = readKept(path, about)
  if (kept !== undefined) return kept
  const written = writeLines(path, lines, source.lines(seed))
  const input = { path, lines, ...written, origin: source.kind }
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
  const middle = lines >> 1
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
    const piece = line === middle ? Buffer.concat([Buffer.from(`${NEEDLE} `), next()]) : next()
    pieces.push(piece)
    held += piece.length
    if (held >= CHUNK_BYTES) flush()
  }
  flush()
  // Otherwise the first sync of whoever is measured next waits for these bytes as well.
  fsyncSync(file)
  closeSync(file)
  renameSync(partial, path)
  return { bytes, sha256: hash.digest('hex') }
}

/**
 * Returns `count` inputs of `lines` lines in all, for as many sources at once. Each has an order of its own.
 *
 * @param {number} count
 * @param {{ lines: number, seed: number, corpus?: string }} options
 */
export function openInputs(count, { lines, seed, ...options }) {
  return Array.from({ length: count }, (_, i) =>
    openInput({ ...options, lines: Math.ceil(lines / count), seed: seed * 1_000 + i }),
  )
}
