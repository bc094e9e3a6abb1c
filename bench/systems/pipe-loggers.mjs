// Loggers that read a service's output from a pipe: one process a service, as s6 and runit do it, or one
// process for all pipes.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NEEDLE } from '../generate.mjs'
import { askAll, end, needsCommand, packageVersion, shellQuestion } from './commands.mjs'
import { bytesIn } from './measure-feed.mjs'
import { openPipe, startService } from './services.mjs'

/** What s6-log, svlogd and multilog put before each line: `@`, 24 digits, a blank. */
const STAMP_BYTES = 26
const COPY = fileURLToPath(new URL('../parts/copy.mjs', import.meta.url))

export const PIPE_LOGGERS = [
  { name: 'cat > file', command: (dir) => ['sh', '-c', 'exec cat > "$0"', join(dir, 'current')] },
  { name: 'node pipe > file', command: (dir) => [process.execPath, COPY, join(dir, 'current')] },
  stamped('s6-log', 's6', (dir) => ['s6-log', 't', 'n1000', 's16777215', dir]),
  stamped('svlogd', 'runit', (dir) => svlogd(dir)),
  stamped('svlogd -b64k', 'runit', (dir) => svlogd(dir, '-b', '65536', '-l', '8192')),
  stamped('multilog', 'daemontools', (dir) => ['multilog', 't', 's16777215', 'n1000', dir]),
].map(oneProcessEach)

function stamped(name, debianPackage, command) {
  const reason = needsCommand(name.split(' ')[0])
  return { name, stampBytes: STAMP_BYTES, debianPackage, command, reason }
}

function oneProcessEach({ name, command, reason, debianPackage, stampBytes = 0 }) {
  return {
    name,
    reason: reason ?? (() => undefined),
    version: () => (debianPackage === undefined ? '' : packageVersion(debianPackage)),
    open: ({ folder, services }) => {
      const top = join(folder, 'logs')
      const dirOf = (service) => join(top, service.name)
      const pipes = openPipes(folder, services)
      const loggers = services.map((service, i) => {
        mkdirSync(dirOf(service), { recursive: true })
        const [program, ...args] = command(dirOf(service))
        return spawn(program, args, { stdio: [pipes[i].read, 'ignore', 'ignore'] })
      })
      const logger = endWithPipes(pipes, loggers)
      return {
        ...logger,
        bytes: bytesIn(top),
        read: (service) => readFiles(dirOf(service), stampBytes),
        questions: (list) => askAll(fileQuestions(top, dirOf(list[0]))),
      }
    },
  }
}

/** Pipes with a service at the end of each that is written to. */
export function openPipes(folder, services) {
  return services.map((service) => {
    const pipe = openPipe(folder, service.name)
    startService(service, pipe.write)
    return pipe
  })
}

/** Loggers that end when their pipes do: nobody else holds these by then. */
export function endWithPipes(pipes, loggers) {
  let stopped
  for (const { read } of pipes) closeSync(read)
  const stop = async () => {
    for (const { write } of pipes) closeSync(write)
    for (const logger of loggers) await end(logger)
  }
  const stopOnce = () => (stopped ??= stop())
  // What is still in a logger's buffer is written at its end: that comes before reading back.
  return { pids: () => loggers.map(({ pid }) => pid), finish: stopOnce, stop: stopOnce }
}

/** svlogd takes its settings from a file. */
function svlogd(dir, ...flags) {
  writeFileSync(join(dir, 'config'), 's16777215\nn0\n')
  return ['svlogd', '-t', ...flags, dir]
}

/** The lines of a folder of rotated files, oldest first, without their stamps. */
function* readFiles(dir, stampBytes) {
  for (const path of rotatedFiles(dir)) yield withoutStamps(readFileSync(path), stampBytes)
}

function withoutStamps(bytes, stampBytes) {
  if (stampBytes === 0) return bytes
  const text = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(10, start)
    const end = newline === -1 ? bytes.length : newline + 1
    length += bytes.copy(text, length, start + stampBytes, end)
    start = end
  }
  return text.subarray(0, length)
}

/** Rotated files are named by their time, `current` is the newest. */
function rotatedFiles(dir) {
  const names = readdirSync(dir).filter((name) => name.startsWith('@'))
  return [...names.toSorted(), 'current'].map((name) => join(dir, name))
}

function fileQuestions(top, dir) {
  const tail = 'tail -q -n 200 $(ls -d "$1"/@* 2>/dev/null | tail -n 2) "$1/current" | tail -n 200'
  return [
    shellQuestion('tail', 'tail files', tail, dir),
    shellQuestion('search', 'grep -F files', 'grep -a -h -r -F "$2" "$1"', top, NEEDLE),
  ]
}
