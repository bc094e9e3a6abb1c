// `hero_proc admin`: the page in a browser. A process of its own serves it and ends by itself when nobody
// has looked for a while; one that is there already is used.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { CliError, EXIT } from '../exit.js'
import { interruption } from '../interruption.js'
import { parseCount } from '../options.js'
import { print, say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags, Settings } from '../settings.js'

interface AdminFlags extends SettingFlags {
  readonly port?: number
  readonly open: boolean
  readonly idle: number
  readonly foreground?: true
}

const IDLE_SECONDS = 300
const START_MS_MAX = 10_000
const LOOK_MS = 25

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--port <port>', 'on 127.0.0.1; a free one by default', (text) =>
      parseCount(text, '--port'),
    )
    .option('--no-open', 'only print the address')
    .option(
      '--idle <seconds>',
      'ends when nobody has looked for so long, 0 for never',
      (text) => parseCount(text, '--idle'),
      IDLE_SECONDS,
    )
    .option('--foreground', 'serve it in this process, until Ctrl-C')
    .addHelpText(
      'after',
      '\nThe address holds a key: only who has it can look. It listens on admin.sock beside rpc.sock too.',
    )
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<AdminFlags>()
      const settings = resolveSettings(flags)
      await (flags.foreground ? serve(settings, flags) : show(settings, flags))
    })
}

async function serve(settings: Settings, { port = 0, idle }: AdminFlags): Promise<void> {
  const { startAdmin } = await import('@hero/admin')
  const { signal } = interruption()
  const server = await startAdmin({
    targetPath: settings.socketPath,
    socketPath: adminSocket(settings),
    port,
    idleMs: idle * 1_000,
  })
  await print(`${server.url}\n`)
  const interrupted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([server.idle, interrupted])
  await server.close()
}

async function show(settings: Settings, flags: AdminFlags): Promise<void> {
  const { client } = await connect(settings)
  client.close()
  const url = (await addressOf(settings)) ?? (await start(settings, flags))
  await print(`${url}\n`)
  if (flags.open && process.stdout.isTTY) open(url)
}

/** Asks the admin process that is there; undefined if there is none. */
async function addressOf(settings: Settings): Promise<string | undefined> {
  const { askHttp } = await import('@hero/rpc')
  const answer = await askHttp(`unix:${adminSocket(settings)}:/admin.json`)
  return answer?.status === 200 ? (JSON.parse(answer.body) as { url: string }).url : undefined
}

async function start(settings: Settings, { port, idle }: AdminFlags): Promise<string> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  const places = [
    '--data-dir',
    settings.dataDir,
    '--socket-dir',
    join(settings.socketPath, '../..'),
  ]
  const wanted = [...(port === undefined ? [] : ['--port', `${port}`]), '--idle', `${idle}`]
  const args = [main, 'admin', '--foreground', ...wanted, ...places]
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = await answered(child, settings)
  if (url === undefined) throw new CliError(child.exitCode ?? EXIT.failure, 'Not started')
  child.unref()
  return url
}

async function answered(child: ChildProcess, settings: Settings): Promise<string | undefined> {
  const deadlineMs = performance.now() + START_MS_MAX
  while (child.exitCode === null && child.signalCode === null) {
    const url = await addressOf(settings)
    if (url !== undefined && url !== '') return url
    if (performance.now() >= deadlineMs) {
      child.kill('SIGTERM')
      throw new CliError(EXIT.failure, `It did not answer within ${START_MS_MAX / 1000} s`)
    }
    await sleep(LOOK_MS)
  }
  return undefined
}

/** Asks the desktop to show the address; where there is none, it has been printed. */
function open(url: string): void {
  const opener = spawn('xdg-open', [url], { detached: true, stdio: 'ignore' })
  opener.once('error', () => say('hero_proc: Open the address in a browser'))
  opener.unref()
}

function adminSocket({ socketPath }: Settings): string {
  return join(socketPath, '..', 'admin.sock')
}
