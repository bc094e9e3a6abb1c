// R18: output that line readers break on goes through `hero_proc run` and is read back: the same bytes, lines
// above the limit split and marked, and no more memory than for nothing at all.
import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureRun, measureStart } from './measure-run.mjs'

const RSS_GROWTH_MAX_KIB = 32 * 1024
/** `chunk` is written `times` times, then `end`. */
const OUTPUTS = {
  '100 MB without a line end': { chunk: Buffer.alloc(2 ** 20, 'x'), times: 100, end: '\n' },
  'NUL bytes': { chunk: Buffer.from('a\0b\0\0\n'), times: 100_000 },
  'invalid UTF-8': { chunk: Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x9f, 10]), times: 100_000 },
  'a split character at the limit': {
    chunk: Buffer.from(`${'x'.repeat(65_535)}€${'y'.repeat(10)}\n`),
    times: 100,
  },
  'lone CR': { chunk: Buffer.from('one\rtwo\r\rthree\r\n'), times: 100_000 },
  '1,000,000 empty lines': { chunk: Buffer.alloc(1_000, 10), times: 1_000 },
}

export const hostileLines = {
  id: 'R18',
  what: 'output of hostile lines through pipe and PTY, read back',
  bound: 'byte-exact, memory <= 32 MiB above that of no output',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
    const failures = []
    let growthMax = 0
    let runs = 0
    try {
      for (const capture of ['pipe', 'pty']) {
        const idle = await measureStart(capture)
        for (const [name, output] of Object.entries(OUTPUTS)) {
          const run = await measureRun(capture, write(folder, output))
          runs++
          if (!run.same) failures.push(`${capture}, ${name}: other bytes, kept in ${run.dataDir}`)
          const growth = run.rssMaxKib - idle.rssMaxKib
          growthMax = Math.max(growthMax, growth)
          if (growth > RSS_GROWTH_MAX_KIB)
            failures.push(`${capture}, ${name}: ${Math.round(growth / 1024)} MiB above idle`)
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    const figure = `${runs} runs, ${failures.length} failures, at most ${Math.round(growthMax / 1024)} MiB above idle`
    return { figure, failures }
  },
}

function write(folder, { chunk, times, end = '' }) {
  const path = join(folder, 'output')
  const hash = createHash('sha256')
  const file = openSync(path, 'w')
  let lines = 0
  let bytes = 0
  const put = (data) => {
    writeSync(file, data)
    hash.update(data)
    bytes += data.length
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, at + 1)) lines++
  }
  for (let i = 0; i < times; i++) put(chunk)
  put(Buffer.from(end))
  closeSync(file)
  return { path, lines, bytes, sha256: hash.digest('hex') }
}
