// The first hero_logger's design: a list and a channel a source in Redis, every line pushed, the list
// trimmed, the line published; a hundred lines a pipeline. Reads pipes (descriptors 3 and up).
//
//   node redis-logger.mjs SOCKET PIPES
import { connect } from 'node:net'
import { openPipeLines } from '../shared/pipe-lines.mjs'

const PIPELINE_LINES = 100
const FLUSH_MS = 20
const LIST_LINES_MAX = '-10000000'
/** Bytes that the server has not taken yet; no more than this much is read ahead. */
const AHEAD_BYTES_MAX = 1 << 20

const [socketPath, pipes] = process.argv.slice(2)
const redis = connect(socketPath)
let waiting = []
const sources = Array.from({ length: Number(pipes) }, (_, i) =>
  openPipeLines(3 + i, (line) => keep(`service${i + 1}`, line)),
)

// Answers must be read, or the server stops.
redis.on('data', () => {})
redis.on('drain', () => sources.forEach(({ input }) => input.resume()))
const timer = setInterval(flush, FLUSH_MS)
await Promise.all(sources.map(({ ended }) => ended))
clearInterval(timer)
flush()
redis.end()

function keep(key, line) {
  waiting.push(
    command('RPUSH', key, line) +
      command('LTRIM', key, LIST_LINES_MAX, '-1') +
      command('PUBLISH', key, line),
  )
  if (waiting.length >= PIPELINE_LINES) flush()
  if (redis.writableLength > AHEAD_BYTES_MAX) sources.forEach(({ input }) => input.pause())
}

function flush() {
  if (waiting.length > 0) redis.write(waiting.join(''))
  waiting = []
}

function command(...words) {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return `*${words.length}\r\n${parts.join('')}`
}
