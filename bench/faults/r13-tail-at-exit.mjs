// R13: children print 128 KB and exit at once, on terminals, on both of them, and on pipes. When the end
// of one is announced, every byte of it must be committed: the store is looked at inside the event.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLogReader } from '@hero/logs'
import { createSupervisor } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { openPlace } from './place.mjs'

const AT_ONCE = 8
const LINES = 2_048
const LINE_BYTES = 64

const SHAPES = [
  { capture: 'pty', script: 'exec cat "$DATA"', copies: 1 },
  { capture: 'pty', script: 'cat "$DATA" & cat "$DATA" >&2; wait', copies: 2 },
  { capture: 'pipe', script: 'exec cat "$DATA"', copies: 1 },
]

export const tailAtExit = {
  id: 'R13',
  what: 'children that print 128 KB and exit at once (PTY, two PTYs, pipe)',
  bound: '0 bytes lost, each end announced after its last committed line',
  async run({ count }) {
    const children = count * 5
    const place = openPlace()
    const data = join(place.folder, 'data.txt')
    const line = (i) => `line ${i} `.padEnd(LINE_BYTES - 1, 'x')
    const text = Array.from({ length: LINES }, (_, i) => `${line(i)}\n`).join('')
    writeFileSync(data, text)
    const plugin = await openLogsPlugin({ dir: place.logsDir, flushDelayMs: 5 })
    const supervisor = await createSupervisor({ dataDir: place.dataDir, plugins: [plugin] })
    const failures = []
    let bytes = 0
    supervisor.subscribe((event) => {
      if (event.type !== 'exited') return
      const found = bytesOf(place.logsDir, event.service)
      const shape = SHAPES[Number(event.service.split('-')[1]) % SHAPES.length]
      const expected = text.length * shape.copies
      bytes += expected
      if (found === expected) return
      failures.push(
        `${event.service}: ${found} of ${expected} bytes at its exit (${shape.capture})`,
      )
    })
    let next = 0
    const work = async () => {
      while (next < children) {
        const number = next++
        const { capture, script } = SHAPES[number % SHAPES.length]
        const definition = {
          name: `child-${number}`,
          command: ['sh', '-c', script],
          capture,
          env: { DATA: data },
        }
        await supervisor.runOnce(definition)
        if (number % 50 === 49) process.stderr.write(`R13: ${number + 1} of ${children}\r`)
      }
    }
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work))
    } finally {
      await supervisor.close()
      place.remove()
    }
    const lost = failures.length
    return { figure: `${children} children, ${bytes} bytes, ${lost} with a loss`, failures }
  },
}

/** Bytes of a source's lines that a reader finds now, line ends included. */
function bytesOf(logsDir, source) {
  const reader = openLogReader({ dir: logsDir })
  try {
    let bytes = 0
    for (let after; ;) {
      const page = reader.query({
        sources: [source],
        origins: ['pty', 'pipe'],
        order: 'asc',
        limit: 10_000,
        ...(after === undefined ? {} : { after }),
      })
      for (const { text } of page.entries) bytes += Buffer.byteLength(text ?? '') + 1
      if (page.next_cursor === null) return bytes
      after = page.next_cursor
    }
  } finally {
    reader.close()
  }
}
