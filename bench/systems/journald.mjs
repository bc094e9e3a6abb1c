// journald with a namespace of its own, so that the machine's journal is left alone: started by hand, fed
// through its stdout socket as units are, without a rate limit. Needs root.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { NEEDLE } from '../generate.mjs'
import { askAll, end, outputOf, packageVersion, shellQuestion } from './commands.mjs'
import { bytesIn } from './measure-feed.mjs'
import { startService } from './services.mjs'

const MACHINE_ID = '/etc/machine-id'
const DAEMON = '/lib/systemd/systemd-journald'
const SETTINGS = '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\nSystemMaxUse=4G\n'
/** The namespace takes the store's place in the name of every file of this run. */
const NAMESPACE = `herobench${process.pid}`
const START_MS_MAX = 10_000

export const JOURNALD = {
  name: 'journald',
  reason: () => {
    if (!existsSync(DAEMON) || !existsSync(MACHINE_ID)) return 'journald is not installed'
    return process.getuid() === 0 ? undefined : 'journald can be started by root only'
  },
  version: () => packageVersion('systemd'),
  open: async ({ services }) => {
    const paths = pathsOf(readFileSync(MACHINE_ID, 'utf8').trim())
    const clear = () => {
      for (const path of Object.values(paths)) rmSync(path, { recursive: true, force: true })
    }
    clear()
    mkdirSync('/run/systemd', { recursive: true })
    mkdirSync(paths.journal, { recursive: true })
    writeFileSync(paths.config, SETTINGS)
    const daemon = spawn(DAEMON, [NAMESPACE], { stdio: 'ignore' })
    const streams = []
    for (const service of services) streams.push(await startStream(service, paths.run))
    let stopped
    const stop = async () => {
      for (const stream of streams) stream.destroy()
      await end(daemon, 'SIGTERM')
      const bytes = bytesIn(paths.journal)()
      clear()
      return bytes
    }
    let bytes
    return {
      pids: () => [daemon.pid],
      stop: async () => {
        bytes ??= await (stopped ??= stop())
      },
      bytes: () => bytes ?? bytesIn(paths.journal)(),
      read: ({ name }) => outputOf(['journalctl', '-D', paths.journal, '-t', name, '-o', 'cat']),
      questions: () => askAll(questionsAbout(paths.journal)),
    }
  },
}

function pathsOf(machineId) {
  return {
    run: `/run/systemd/journal.${NAMESPACE}`,
    config: `/run/systemd/journald@${NAMESPACE}.conf`,
    journal: `/var/log/journal/${machineId}.${NAMESPACE}`,
  }
}

/** Starts a service on a stream of its own: seven lines say who it is, then come its lines. */
async function startStream(service, run) {
  const path = `${run}/stdout`
  const endMs = performance.now() + START_MS_MAX
  while (!existsSync(path)) {
    if (performance.now() > endMs) throw new Error('journald did not start')
    await sleep(5)
  }
  const stream = connect(path)
  await once(stream, 'connect')
  await new Promise((resolve) => stream.write(`${service.name}\n\n6\n0\n0\n0\n0\n`, resolve))
  startService(service, stream)
  return stream
}

function questionsAbout(journal) {
  const tail = 'journalctl -D "$1" -q -t service1 -n 200 -o cat'
  return [
    shellQuestion('tail', 'journalctl -n 200', tail, journal),
    shellQuestion(
      'search',
      'journalctl --grep',
      'journalctl -D "$1" -q -o cat --grep "$2"',
      journal,
      NEEDLE,
    ),
  ]
}
