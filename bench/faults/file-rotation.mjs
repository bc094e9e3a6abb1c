// A program writes 10,000 lines a second into a file that is followed, while the file is rotated again and
// again: first renamed and made anew, with the program told to reopen it; then copied and truncated.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync, renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { openPlace, readAll, until } from './place.mjs'

const PER_SECOND = 10_000
/** Long enough between two rotations that each is seen as one. */
const BETWEEN_MS = 1_500
const CATCH_UP_MS = 20_000

// Numbered lines in batches of 10 ms; SIGHUP reopens the file, SIGTERM ends with the number it came to.
const WRITER = `
  const { openSync, closeSync, writeSync } = require('node:fs')
  let fd = openSync(process.argv[1], 'a'), n = 0
  const begun = performance.now()
  process.on('SIGHUP', () => { const old = fd; fd = openSync(process.argv[1], 'a'); closeSync(old) })
  process.on('SIGTERM', () => { console.log(n); process.exit(0) })
  setInterval(() => {
    const due = Math.floor((performance.now() - begun) * ${PER_SECOND} / 1000)
    let text = ''
    while (n < due) text += 'line ' + ++n + '\\n'
    writeSync(fd, text)
  }, 10)
`

export const fileRotation = {
  id: 'TAIL',
  what: '10,000 lines/s into a followed file, rotated by create and by copytruncate',
  bound: 'create: 0 lost, 0 twice, in order; copytruncate: only what its own race loses',
  async run({ count }) {
    const rotations = Math.max(2, Math.round(count / 4))
    const place = openPlace()
    const failures = []
    try {
      const server = await place.serve()
      const created = await write(server.client, place, {
        name: 'created',
        rotations,
        rotate: create,
      })
      const lost = await compare(place, created, failures)
      const cut = await write(server.client, place, {
        name: 'cut',
        rotations,
        rotate: copyTruncate,
      })
      const race = await compare(place, cut, [])
      await server.end('SIGTERM')
      if (lost > 0) failures.push(`create: ${lost} lines lost`)
      if (race > cut.raced)
        failures.push(`copytruncate: ${race} lost, at most ${cut.raced} by its own race`)
      const figure =
        `${rotations} rotations each; create: ${created.written} lines, ${lost} lost; ` +
        `copytruncate: ${cut.written} lines, ${race} lost, up to ${cut.raced} by its own race`
      return { figure, failures }
    } finally {
      place.remove()
    }
  },
}

async function write(client, place, { name, rotations, rotate }) {
  const path = join(place.folder, `${name}.log`)
  await client.call('files.add', { name, paths: [path] })
  const writer = spawn(process.execPath, ['-e', WRITER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  writer.stdout.on('data', (text) => (said += text))
  let raced = 0
  for (let i = 1; i <= rotations; i++) {
    await sleep(BETWEEN_MS)
    raced += rotate(path, writer)
    process.stderr.write(`TAIL: ${name} ${i} of ${rotations}\r`)
  }
  await sleep(BETWEEN_MS)
  writer.kill('SIGTERM')
  await once(writer, 'close')
  return { name, written: Number(said), raced, last: `line ${Number(said)}`, client }
}

function create(path, writer) {
  renameSync(path, `${path}.${Date.now()}`)
  writer.kill('SIGHUP')
  return 0
}

/** Returns the lines that were written between the copy and the truncation. */
function copyTruncate(path) {
  const copy = `${path}.${Date.now()}`
  copyFileSync(path, copy)
  const copied = linesIn(copy)
  const before = linesIn(path)
  truncateSync(path)
  // The program may have written once more since it was counted.
  return before - copied + PER_SECOND / 50
}

function linesIn(path) {
  return readFileSync(path, 'latin1').split('\n').length - 1
}

/** Waits for the last line, then looks at all of them; returns how many are missing. */
async function compare({ logsDir }, { name, written, last, client }, failures) {
  const source = `${name}:${name}.log`
  await until(async () => {
    const { entries } = await client.call('logs.tail', { source, lines: 1 })
    return entries[0]?.text === last ? true : undefined
  }, CATCH_UP_MS)
  const reader = openLogReader({ dir: logsDir })
  const entries = await readAll(reader, { sources: [source], origins: ['file'] })
  reader.close()
  const numbers = entries.map(({ text }) => Number(text?.slice('line '.length)))
  const disorder = numbers.filter((number, i) => i > 0 && number <= numbers[i - 1]).length
  if (disorder > 0) failures.push(`${name}: ${disorder} lines twice or out of order`)
  return written - new Set(numbers).size
}
