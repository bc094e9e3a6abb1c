// A program writes 10,000 lines a second into a followed file, while the file is rotated again and again:
// renamed and made anew, with the program told to reopen it; then copied and truncated. Once by this
// program itself, once by Debian's logrotate.
//
// The judge is what the files hold afterwards, the rotated ones and the last: every whole line in them has
// to be in the log, once and in order. Lines that are in no file are those that copytruncate's own race has
// lost, between the copy and the truncation; some of them were read before they went.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { openPlace, readAll, until } from './place.mjs'

const PER_SECOND = 10_000
/** Long enough between two rotations that each is seen as one. */
const BETWEEN_MS = 1_500
const CATCH_UP_MS = 20_000

// Numbered lines of one length in batches of 10 ms; SIGHUP reopens the file, SIGTERM ends with the number
// it came to.
const WRITER = `
  const { openSync, closeSync, writeSync } = require('node:fs')
  let fd = openSync(process.argv[1], 'a'), n = 0
  const begun = performance.now()
  process.on('SIGHUP', () => { const old = fd; fd = openSync(process.argv[1], 'a'); closeSync(old) })
  process.on('SIGTERM', () => { console.log(n); process.exit(0) })
  setInterval(() => {
    const due = Math.floor((performance.now() - begun) * ${PER_SECOND} / 1000)
    let text = ''
    while (n < due) text += 'line ' + String(++n).padStart(9, '0') + '\\n'
    writeSync(fd, text)
  }, 10)
`
const LINE = /^line (\d{9})$/

const BY_HAND = {
  create: ({ path, writer }) => {
    renameSync(path, `${path}.${Date.now()}`)
    writer.kill('SIGHUP')
  },
  copytruncate: ({ path }) => {
    copyFileSync(path, `${path}.${Date.now()}`)
    truncateSync(path)
  },
}

const BY_LOGROTATE = {
  create: (file) =>
    logrotate(file, `create 0600\n  postrotate\n    kill -HUP ${file.writer.pid}\n  endscript`),
  copytruncate: (file) => logrotate(file, 'copytruncate'),
}

export const fileRotation = {
  id: 'TAIL',
  what: '10,000 lines/s into a followed file, renamed and made anew, then copied and truncated',
  bound: 'of what the files hold: 0 lost, 0 twice, in order',
  run: ({ count }) => rotate('TAIL', BY_HAND, count),
}

export const logrotation = {
  id: 'LOGROTATE',
  what: '10,000 lines/s into a followed file under logrotate: create, then copytruncate',
  bound: 'create: 0 lost; copytruncate: 0 lost of what its own race leaves; 0 twice, in order',
  needs: ['logrotate'],
  run: ({ count }) => rotate('LOGROTATE', BY_LOGROTATE, count),
}

async function rotate(id, rotations, count) {
  const times = Math.max(2, Math.round(count / 4))
  const place = openPlace()
  const failures = []
  const figures = [`${times} rotations each`]
  try {
    const server = await place.serve()
    for (const [name, rotation] of Object.entries(rotations)) {
      const file = await writeAndRotate(server.client, place, { id, name, times, rotation })
      const found = await compare(place, server.client, file)
      failures.push(...found.failures.map((failure) => `${name}: ${failure}`))
      if (name === 'create' && found.raced + found.torn > 0) {
        failures.push(`create: ${found.raced} lines are in no file, ${found.torn} came in pieces`)
      }
      figures.push(
        `${name}: ${file.written} lines, ${found.lost} lost by hero_proc` +
          (name === 'create'
            ? ''
            : `, ${found.raced} by its own race, of which ${found.saved} are in the log`),
      )
    }
    await server.end('SIGTERM')
  } finally {
    place.remove()
  }
  return { figure: figures.join('; '), failures }
}

async function writeAndRotate(client, place, { id, name, times, rotation }) {
  const folder = join(place.folder, name)
  mkdirSync(folder)
  const path = join(folder, 'app.log')
  await client.call('files.add', { name, paths: [path] })
  const writer = spawn(process.execPath, ['-e', WRITER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  writer.stdout.on('data', (text) => (said += text))
  for (let i = 1; i <= times; i++) {
    await sleep(BETWEEN_MS)
    rotation({ path, writer, folder: place.folder, times })
    process.stderr.write(`${id}: ${name} ${i} of ${times}\r`)
  }
  await sleep(BETWEEN_MS)
  writer.kill('SIGTERM')
  await once(writer, 'close')
  return { folder, path, source: `${name}:app.log`, written: Number(said) }
}

/** One rotation by logrotate itself, which keeps every file. */
function logrotate({ path, folder, times }, how) {
  const config = join(folder, 'logrotate.conf')
  writeFileSync(config, `${path} {\n  rotate ${times}\n  ${how}\n}\n`, { mode: 0o600 })
  const { status, stderr } = spawnSync(
    'logrotate',
    ['--force', '--state', join(folder, 'logrotate.state'), config],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`logrotate ended with ${status}: ${stderr}`)
}

/** Waits for the last line, then holds the log against the files. */
async function compare({ logsDir }, client, { folder, source, written }) {
  const last = `line ${String(written).padStart(9, '0')}`
  await until(async () => {
    const { entries } = await client.call('logs.tail', { source, lines: 1 })
    return entries[0]?.text === last ? true : undefined
  }, CATCH_UP_MS)
  const reader = openLogReader({ dir: logsDir })
  const entries = await readAll(reader, { sources: [source], origins: ['file'] })
  reader.close()
  const numbers = numbersOf(entries.map(({ text }) => text ?? ''))
  const read = new Set(numbers)
  const kept = numbersIn(folder)
  const missing = [...kept].filter((number) => !read.has(number))
  const disorder = numbers.filter((number, i) => i > 0 && number <= numbers[i - 1]).length
  const failures = []
  if (missing.length > 0) failures.push(`${missing.length} lines lost, the first ${missing[0]}`)
  if (disorder > 0) failures.push(`${disorder} lines twice or out of order`)
  if (!read.has(written)) failures.push('the last line is missing')
  const saved = [...read].filter((number) => !kept.has(number)).length
  // A copy may end in the middle of a line.
  const torn = entries.length - numbers.length
  return { failures, lost: missing.length, raced: written - kept.size, saved, torn }
}

/** The numbers of all whole lines that the files of a folder hold. */
function numbersIn(folder) {
  const numbers = new Set()
  for (const name of readdirSync(folder)) {
    const lines = readFileSync(join(folder, name), 'latin1').split('\n')
    // What stands behind the last line end is no whole line.
    for (const number of numbersOf(lines.slice(0, -1))) numbers.add(number)
  }
  return numbers
}

function numbersOf(lines) {
  return lines.flatMap((line) => {
    const [, number] = LINE.exec(line) ?? []
    return number === undefined ? [] : [Number(number)]
  })
}
