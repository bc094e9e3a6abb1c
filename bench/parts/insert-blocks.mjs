// A part: the same for the store: commits of a given number of lines for a given time, with or without
// questions asked of the reader's thread meanwhile.
import { readFileSync } from 'node:fs'
import { openLogs } from '@hero/logs'
import { NEEDLE } from '../generate.mjs'
import { splitLines } from '../line-source.mjs'
import { answerPart, measured } from '../part.mjs'
import { createFeeds } from '../shared/feed.mjs'

const SOURCES = Array.from({ length: 8 }, (_, i) => `service${i}`)

answerPart(async ({ dir, path, durability, batch, hasReader, seconds }) => {
  const lines = splitLines(readFileSync(path))
  const logs = await openLogs({ dir, durability })
  const feeds = createFeeds(logs, SOURCES)
  const reader = hasReader ? startAsking(logs) : undefined
  let written = 0
  const insert = async () => {
    const endMs = performance.now() + seconds * 1000
    while (performance.now() < endMs) {
      await writeBatch(feeds, lines, written, batch)
      written += batch
      await logs.sync()
    }
  }
  // Warms up.
  await insert()
  written = 0
  const { wallMs, cpuUs } = await measured(insert)
  const questions = (await reader?.end()) ?? 0
  await logs.close()
  return {
    rate: (written * 1000) / wallMs,
    cpuUs: cpuUs / written,
    questions: questions / seconds / 2,
  }
})

/** One batch: the lines of each source come in one piece, as a read of its pipe brings them. */
async function writeBatch(feeds, lines, from, batch) {
  const share = Math.ceil(batch / feeds.length)
  for (let at = 0, i = 0; at < batch; at += share, i += 1) {
    const size = Math.min(share, batch - at)
    const pieces = Array.from({ length: size }, (_, k) => lines[(from + at + k) % lines.length])
    await feeds[i](Buffer.concat(pieces), size)
  }
}

/** Last lines of a source and a rare word, by turns. */
function startAsking(logs) {
  let isOver = false
  let answers = 0
  const ask = async () => {
    while (!isOver) {
      const sources = [SOURCES[answers % SOURCES.length]]
      await logs.query({ sources, order: 'desc', limit: 200 })
      await logs.query({ contains: NEEDLE, limit: 200 })
      answers += 2
    }
    return answers
  }
  const asked = ask()
  return {
    end: () => {
      isOver = true
      return asked
    },
  }
}
