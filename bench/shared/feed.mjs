// Lines into a store through the library, as capture would hand them over: whole lines of one read, and
// none while the source is held.
import { EventEmitter, once } from 'node:events'

/** What a read of a pipe brings. */
const READ_BYTES = 65_536

/** Opens `names.length` sources that wait for as long as it takes: nothing may be dropped. */
export function createFeeds(logs, names) {
  return names.map((name) => createFeed(logs, name))
}

/** A way into one source: `await feed(bytes, lines)` with whole lines. */
function createFeed(logs, source) {
  const holds = new EventEmitter()
  let held = false
  const sink = logs.sink({
    source,
    origin: 'pipe',
    settings: { overflow: 'block' },
    onHold: (now) => {
      held = now
      if (!held) holds.emit('end')
    },
  })
  return async (bytes, lines, ts = Date.now() * 1000) => {
    while (held) await once(holds, 'end')
    const dropped = sink.writeLines(regionOf(bytes, lines, ts), 1)
    if (dropped !== undefined) throw new Error(`Expected no drops, got ${dropped} of ${source}`)
  }
}

/** A region of whole lines on stdout. */
export function regionOf(bytes, lines, ts) {
  const whole = { start: 0, end: bytes.length, stream: 'stdout', part: 'none', terminated: true }
  return { ...whole, bytes, lines, ts }
}

/** Cuts a file's bytes into `{ bytes, lines }` of whole lines, as reads of a pipe would. */
export function cutReads(content) {
  const reads = []
  for (let start = 0; start < content.length;) {
    const end = content.lastIndexOf(10, Math.min(start + READ_BYTES, content.length) - 1) + 1
    const bytes = content.subarray(start, end)
    reads.push({ bytes, lines: countLines(bytes) })
    start = end
  }
  return reads
}

function countLines(bytes) {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}
