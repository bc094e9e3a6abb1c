// A part: a large store of lines from several sources, made in bounded memory through the library. The
// same lines go into a plain file, and the first of them into the row table, if they are asked for.
import { closeSync, openSync, writeSync } from 'node:fs'
import { openLogs } from '@hero/logs'
import { openLineSource } from '../line-source.mjs'
import { answerPart } from '../part.mjs'
import { createFeeds } from '../shared/feed.mjs'
import { createRowTable } from '../shared/sqlite.mjs'

/** Lines of one source before the next one's turn. */
const TURN_LINES = 400

answerPart(async ({ dir, lines, sources, seed, corpus, plainPath, rowsPath, rowLines, needle }) => {
  const source = openLineSource(corpus)
  const next = sources.map((_, i) => source.lines(seed * 1_000 + i))
  const needleEvery = needle === undefined ? Infinity : Math.floor(lines / (needle.times + 1))
  const logs = await openLogs({ dir })
  const feeds = createFeeds(logs, sources)
  const plain = plainPath === undefined ? undefined : openSync(plainPath, 'w')
  const rows = rowsPath === undefined ? undefined : createRowTable(rowsPath)
  let made = 0
  let needles = 0
  const makeLine = (index) => {
    const line = next[index]()
    made += 1
    if (made % needleEvery !== 0 || needles === needle.times) return line
    needles += 1
    return Buffer.concat([Buffer.from(`${needle.text} `), line])
  }
  for (let turn = 0; made < lines; turn += 1) {
    const index = turn % sources.length
    const size = Math.min(TURN_LINES, lines - made)
    const ts = Date.now() * 1000
    const pieces = Array.from({ length: size }, () => makeLine(index))
    const bytes = Buffer.concat(pieces)
    if (plain !== undefined) writeSync(plain, bytes)
    if (rows !== undefined && made <= rowLines) {
      for (const piece of pieces)
        rows.add(ts, index, 0, piece.toString('utf8', 0, piece.length - 1))
    }
    await feeds[index](bytes, size, ts)
  }
  await logs.sync()
  await logs.compact()
  await logs.close()
  if (plain !== undefined) closeSync(plain)
  rows?.close()
  return { lines: made, needles }
})
