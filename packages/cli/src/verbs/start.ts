// `hero_proc start`: runs `serve` in the background and returns when it answers, or says why it died.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { CONFIG_HELP, optionOf, readConfig } from '../config.js'
import type { ConfigFlags } from '../config.js'
import { tryConnect } from '../connect.js'
import { makeDataDir } from '../data-dir.js'
import { CliError, EXIT } from '../exit.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { Settings } from '../settings.js'

const START_MS_MAX = 60_000
const LOOK_MS = 25
const TALK_CHARACTERS_MAX = 4_000

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--config <file>', CONFIG_HELP)
    .addHelpText(
      'after',
      '\nWhat it says goes to serve.log in the data dir. Exits 4 if one is running.',
    )
    .action(async (_: object, self: Command) => {
      await start(self.optsWithGlobals<ConfigFlags>())
    })
}

async function start(flags: ConfigFlags): Promise<void> {
  const settings = resolveSettings(flags)
  const running = await tryConnect(settings)
  if (running) {
    running.client.close()
    throw new CliError(EXIT.unreachable, `hero_proc is already running (pid ${running.health.pid})`)
  }
  // A mistake in it is told here rather than by a process that dies of it.
  const items = await readConfig(flags)
  const config = flags.config === undefined ? [] : ['--config', String(optionOf(items, 'config'))]
  await makeDataDir(settings.dataDir)
  const talkPath = join(settings.dataDir, 'serve.log')
  const talkStart = statSync(talkPath, { throwIfNoEntry: false })?.size ?? 0
  const child = spawnServe(settings, { talkPath, config })
  const pid = await answered(child, settings)
  if (pid === undefined) throw died(child, readFileSync(talkPath).subarray(talkStart).toString())
  child.unref()
  say(`hero_proc: Started (pid ${pid}), listening at ${settings.socketPath}`)
}

interface Serve {
  readonly talkPath: string
  /** Flags that name the configuration file. */
  readonly config: readonly string[]
}

function spawnServe({ dataDir, socketPath }: Settings, { talkPath, config }: Serve): ChildProcess {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  // The socket is <socket dir>/hero_proc/rpc.sock.
  const socketDir = join(socketPath, '..', '..')
  const args = [main, 'serve', '--data-dir', dataDir, '--socket-dir', socketDir, ...config]
  const talk = openSync(talkPath, 'a', 0o600)
  try {
    return spawn(process.execPath, [...process.execArgv, ...args], {
      detached: true,
      stdio: ['ignore', talk, talk],
    })
  } finally {
    closeSync(talk)
  }
}

/** Returns the pid once it answers; undefined if it has ended before. */
async function answered(child: ChildProcess, settings: Settings): Promise<number | undefined> {
  const deadlineMs = performance.now() + START_MS_MAX
  while (child.exitCode === null && child.signalCode === null) {
    const found = await tryConnect(settings)
    found?.client.close()
    if (found) return found.health.pid
    if (performance.now() >= deadlineMs) {
      child.kill('SIGTERM')
      throw new CliError(EXIT.failure, `hero_proc did not answer within ${START_MS_MAX / 1000} s`)
    }
    await sleep(LOOK_MS)
  }
  return undefined
}

function died(child: ChildProcess, talk: string): Error {
  const last = talk.slice(-TALK_CHARACTERS_MAX).trim()
  const said = last.split('\n').find((line) => line.startsWith('hero_proc: '))
  const reason = (said ?? last).replace(/^hero_proc: /, '')
  const how = child.signalCode === null ? `exit code ${child.exitCode}` : child.signalCode
  return new CliError(
    child.exitCode ?? EXIT.failure,
    `hero_proc did not start (${how}): ${reason === '' ? 'it said nothing' : reason}`,
  )
}
