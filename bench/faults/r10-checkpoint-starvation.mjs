// R10: a foreign reader holds a transaction on the newest partition while the store is filled as fast as it
// takes lines. Its WAL cannot be emptied: the partition is closed early, and the rest goes elsewhere.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogs } from '@hero/logs'
import { createRandom } from '../random.mjs'
import { databases, integrityFailures, LOCKER, until } from './place.mjs'

const MINUTES = 10
const WAL_BYTES_MAX = 256 * 2 ** 20
const WAL_AFTER_MAX = 8 * 2 ** 20
const SHRINK_MS_MAX = 10_000
const KEEP_BYTES = 512 * 2 ** 20
const CHUNK_LINES = 500

export const checkpointStarvation = {
  id: 'R10',
  what: 'a foreign reader holds a transaction for 10 minutes at full load',
  bound: 'WAL <= 256 MB, <= 8 MB within 10 s after it',
  async run({ minutes = MINUTES }) {
    const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
    const failures = []
    const logs = await openLogs({ dir: folder, keepBytes: KEEP_BYTES })
    try {
      const sink = logs.sink({ source: 'full', origin: 'pipe', settings: { overflow: 'block' } })
      const text = makeChunk()
      await fill(logs, sink, text, performance.now() + 500)
      const name = databases(folder).findLast((file) => file.startsWith('p-'))
      const reads = ['BEGIN', 'SELECT count(*) FROM blocks']
      const reader = spawn(process.execPath, ['-e', LOCKER, join(folder, name), ...reads], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      await once(reader.stdout, 'data')
      let walMax = 0
      const end = performance.now() + minutes * 60_000
      await fill(logs, sink, text, end, () => (walMax = Math.max(walMax, walBytes(folder))))
      reader.stdin.end()
      await once(reader, 'exit')
      const begun = performance.now()
      const isSmall = () => (walBytes(folder) <= WAL_AFTER_MAX ? true : undefined)
      const small = await until(isSmall, 2 * SHRINK_MS_MAX)
      const shrinkMs = performance.now() - begun
      if (walMax > WAL_BYTES_MAX) failures.push(`WALs of ${mib(walMax)}`)
      if (!small || shrinkMs > SHRINK_MS_MAX)
        failures.push(`WALs of ${mib(walBytes(folder))} ${shrinkMs.toFixed(0)} ms later`)
      const { totals } = logs.stats()
      if (totals.dropped_total > 0) failures.push(`${totals.dropped_total} dropped`)
      await logs.close()
      const broken = integrityFailures(folder)
      if (broken.length > 0) failures.push(`not whole: ${broken.join(', ')}`)
      const figure =
        `${minutes} minutes, ${totals.received_total} lines, WAL at most ${mib(walMax)}, ` +
        `${mib(WAL_AFTER_MAX)} or less ${shrinkMs.toFixed(0)} ms after it`
      return { figure, failures }
    } finally {
      await logs.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Writes at the store's own pace. */
async function fill(logs, sink, { bytes, lines }, end, look = () => {}) {
  while (performance.now() < end) {
    for (let i = 0; i < 8; i++) {
      const ts = Date.now() * 1000
      const region = { bytes, start: 0, end: bytes.length, lines, stream: 'stdout', ts }
      sink.writeLines({ ...region, part: 'none', terminated: true }, 1)
    }
    await logs.sync()
    look()
  }
}

// Packs to about half, so that a WAL grows fast.
function makeChunk() {
  const random = createRandom(3)
  const lines = Array.from({ length: CHUNK_LINES }, () => `${random.hex(160)}\n`)
  return { bytes: Buffer.from(lines.join('')), lines: CHUNK_LINES }
}

function walBytes(dir) {
  let bytes = 0
  for (const name of readdirSync(dir)) {
    if (name.endsWith('-wal'))
      bytes += statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

function mib(bytes) {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`
}
