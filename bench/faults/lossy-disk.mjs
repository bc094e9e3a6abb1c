// A disk that loses power. It takes the calls that strace saw, in order, and knows what each file is sure to
// hold: what was written before its last sync. What came later it keeps, drops, tears or spoils at random.
//
// Names are as a journaling file system keeps them: in order, and what was renamed or removed before a sync
// of anything stays so.
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const SECTOR = 512
const CALL =
  /^\d+ +([\d.]+) (?:<\.\.\. )?(\w+)(?: resumed>.*|\((.*))\) += (\d+)(?:<.*>)?(?: \(.*\))?$/
const UNFINISHED = /^(\d+) +[\d.]+ \w+\((.*) <unfinished \.\.\.>$/

/**
 * The calls that matter out of lines of strace: `{ at, call, path?, to?, offset?, bytes?, size?, said? }`; only
 * files directly in `dir`.
 */
export function readCalls(lines, dir) {
  const begun = new Map()
  const calls = []
  for (const line of lines) {
    const [, thread, start] = UNFINISHED.exec(line) ?? []
    if (thread !== undefined) {
      begun.set(thread, start)
      continue
    }
    const [, at, call, given] = CALL.exec(line) ?? []
    if (call === undefined) continue
    const args = given ?? begun.get(line.split(' ', 1)[0])
    const read = READERS[call]?.(args ?? '')
    if (read === undefined) continue
    if (read.said === undefined && !isIn(read.path, dir)) continue
    calls.push({ at: Number(at), call, ...read })
  }
  return calls
}

const READERS = {
  pwrite64: (args) => {
    const [, path, hex, offset] = /^\d+<([^>]*)>, "([^"]*)", \d+, (\d+)/.exec(args) ?? []
    return path && { path: plain(path), bytes: fromHex(hex), offset: Number(offset) }
  },
  fsync: ofDescriptor,
  fdatasync: ofDescriptor,
  ftruncate: (args) => {
    const [, path, size] = /^\d+<([^>]*)>, (\d+)/.exec(args) ?? []
    return path && { path: plain(path), size: Number(size) }
  },
  unlink: (args) => {
    const [, path] = /^"([^"]*)"/.exec(args) ?? []
    return path && { path: plain(path) }
  },
  rename: (args) => {
    const [, path, to] = /^"([^"]*)", "([^"]*)"/.exec(args) ?? []
    return path && { path: plain(path), to: plain(to) }
  },
  openat: (args) => {
    const [, path, flags] = /^[^,]*, "([^"]*)", ([A-Z_|]+)/.exec(args) ?? []
    return flags?.includes('O_CREAT') ? { path: plain(path) } : undefined
  },
  write: (args) => {
    const [, fd, hex] = /^(\d+)<[^>]*>, "([^"]*)"/.exec(args) ?? []
    return fd === '1' ? { said: plain(hex).trimEnd() } : undefined
  },
}

function ofDescriptor(args) {
  const [, path] = /^\d+<([^>]*)>/.exec(args) ?? []
  return path && { path: plain(path) }
}

/** Writes into `target` what such a disk holds if the power fails after the first `count` calls. */
export function afterPowerLoss(calls, count, target, random) {
  const files = new Map()
  let lastSync = -1
  for (let i = 0; i < count; i++) {
    if (calls[i].call.endsWith('sync')) lastSync = i
  }
  // Of the changes of names that no sync came after, the first so many.
  const namesUntil = random.integer(lastSync + 1, count)
  for (let i = 0; i < count; i++) {
    const { call, path, to, said } = calls[i]
    if (said !== undefined) continue
    if (call === 'rename' || call === 'unlink') {
      if (i < namesUntil) changeName(files, calls[i])
      else if (to !== undefined && files.has(path)) files.get(path).laterName = to
      continue
    }
    const file = fileOf(files, path)
    if (call.endsWith('sync')) file.synced = file.changes.length
    else if (call !== 'openat') file.changes.push(calls[i])
  }
  mkdirSync(target, { recursive: true })
  for (const [path, file] of files) {
    // The index in shared memory is made anew by whoever opens a file first.
    if (path.endsWith('-shm')) continue
    writeFileSync(join(target, basename(path)), contentOf(file, random))
  }
}

function fileOf(files, path) {
  for (const file of files.values()) if (file.laterName === path) return file
  let file = files.get(path)
  if (!file) files.set(path, (file = { changes: [], synced: 0 }))
  return file
}

function changeName(files, { path, to }) {
  const file = files.get(path)
  files.delete(path)
  if (to !== undefined && file) files.set(to, file)
}

function contentOf({ changes, synced }, random) {
  let bytes = Buffer.alloc(0)
  const later = random.pick(LATER)
  const until = random.integer(synced, changes.length)
  for (const [i, change] of changes.entries()) {
    const kept = i < synced ? change : later(change, i < until, random)
    if (kept !== undefined) bytes = applied(bytes, kept)
  }
  return bytes
}

/** What may become of a change that no sync came after; `isEarly` for the first so many of them. */
const LATER = [
  () => undefined,
  (change) => change,
  (change, isEarly) => (isEarly ? change : undefined),
  (change, _, random) => (random.next() < 0.5 ? change : undefined),
  (change, _, random) => (change.bytes ? { ...change, bytes: torn(change.bytes, random) } : change),
  (change, isEarly, random) =>
    isEarly || !change.bytes ? change : { ...change, bytes: garbage(change.bytes.length, random) },
]

function applied(before, { bytes, offset, size }) {
  if (size !== undefined) return resized(before, size)
  const after = resized(before, Math.max(before.length, offset + bytes.length))
  bytes.copy(after, offset)
  return after
}

function resized(before, size) {
  if (before.length === size) return before
  const after = Buffer.alloc(size)
  before.copy(after)
  return after
}

/** Only some sectors arrived; where the others would be there are zeros. */
function torn(bytes, random) {
  const left = Buffer.from(bytes)
  for (let at = 0; at < left.length; at += SECTOR) {
    if (random.next() < 0.3) left.fill(0, at, Math.min(left.length, at + SECTOR))
  }
  return left
}

function garbage(length, random) {
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)))
}

function isIn(path, dir) {
  return path.startsWith(`${dir}/`) && !path.includes(' (deleted)')
}

function plain(hex) {
  return fromHex(hex).toString()
}

function fromHex(hex) {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}
