// `hero_proc doctor`: looks at what hero_proc needs and says what is wrong and what to do about it.
import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { readConfig } from '../config.js'
import { tryConnect } from '../connect.js'
import { describeError, EXIT } from '../exit.js'
import { formatSize } from '../format-size.js'
import { print } from '../output.js'
import { pagerCommand } from '../pager.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags, Settings } from '../settings.js'

/** `bad` makes the command fail; `note` is worth knowing. */
interface Finding {
  readonly state: 'ok' | 'note' | 'bad'
  readonly about: string
  readonly said: string
}

const NODE_MIN = [20, 19] as const
const FREE_BYTES_MIN = 268_435_456

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--json', 'one JSON object a finding')
    .addHelpText('after', '\nExits 1 if something is bad.')
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<SettingFlags & { json?: boolean }>()
      const findings = await examine(flags)
      const text = findings.map((one) => (flags.json ? `${JSON.stringify(one)}\n` : lineOf(one)))
      await print(text.join(''))
      process.exitCode = findings.some(({ state }) => state === 'bad') ? EXIT.failure : EXIT.ok
    })
}

function lineOf({ state, about, said }: Finding): string {
  return `${state.padEnd(4)}  ${about.padEnd(9)}  ${said}\n`
}

async function examine(flags: SettingFlags): Promise<Finding[]> {
  const settings = resolveSettings(flags)
  const looks: readonly [string, () => Promise<Finding> | Finding][] = [
    ['node', lookAtNode],
    ['config', () => lookAtConfig(flags)],
    ['data dir', () => lookAtDataDir(settings)],
    ['disk', () => lookAtDisk(settings)],
    ['hero_proc', () => lookAtServer(settings)],
    ['logs', () => lookAtLogs(settings)],
    ['pager', lookAtPager],
  ]
  const findings: Finding[] = []
  for (const [about, look] of looks) {
    try {
      findings.push(await look())
    } catch (error) {
      const said = describeError(error).replace(/^hero_proc: /, '')
      findings.push(finding('bad', about, said.trim().replace('\nhint: ', ': ')))
    }
  }
  return findings
}

function finding(state: Finding['state'], about: string, said: string): Finding {
  return { state, about, said }
}

function lookAtNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
  const wanted = isEnough ? '' : `, expected ${NODE_MIN.join('.')} or newer`
  return finding(isEnough ? 'ok' : 'bad', 'node', `Node ${process.versions.node}${wanted}`)
}

async function lookAtConfig(flags: SettingFlags): Promise<Finding> {
  const items = await readConfig(flags)
  const set = items.filter(({ origin }) => origin !== 'default')
  return finding('ok', 'config', `${set.length} options are set; hero_proc config show --origin`)
}

function lookAtDataDir({ dataDir }: Settings): Finding {
  const stat = statSync(dataDir, { throwIfNoEntry: false })
  if (!stat) return finding('note', 'data dir', `${dataDir} is not there yet`)
  accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  const mode = (stat.mode & 0o777).toString(8)
  return (stat.mode & 0o077) === 0
    ? finding('ok', 'data dir', dataDir)
    : finding('bad', 'data dir', `Others may enter ${dataDir} (mode ${mode}): chmod 700`)
}

function lookAtDisk({ dataDir }: Settings): Finding {
  if (!statSync(dataDir, { throwIfNoEntry: false })) return finding('note', 'disk', 'not looked at')
  const { bavail, bsize } = statfsSync(dataDir)
  const free = bavail * bsize
  return finding(free < FREE_BYTES_MIN ? 'bad' : 'ok', 'disk', `${formatSize(free)} are free`)
}

async function lookAtServer(settings: Settings): Promise<Finding> {
  const found = await tryConnect(settings)
  if (!found) return finding('note', 'hero_proc', `None is running at ${settings.socketPath}`)
  found.client.close()
  const { ok, pid, plugins } = found.health
  const sick = Object.entries(plugins).filter(([, plugin]) => !plugin.ok)
  const said = sick.map(([name, { detail }]) => `, ${name}: ${detail}`).join('')
  return finding(ok ? 'ok' : 'bad', 'hero_proc', `Running, pid ${pid}${said}`)
}

async function lookAtLogs({ logsDir }: Settings): Promise<Finding> {
  if (!statSync(logsDir, { throwIfNoEntry: false })) {
    return finding('note', 'logs', `There are none in ${logsDir} yet`)
  }
  const { openLogReader } = await import('@hero/logs')
  const reader = openLogReader({ dir: logsDir })
  try {
    const count = reader.sources().length
    return finding('ok', 'logs', `${count} sources; hero_proc logs verify reads all of it`)
  } finally {
    reader.close()
  }
}

function lookAtPager(): Finding {
  const name = pagerCommand(process.env)
  return finding(name === undefined ? 'note' : 'ok', 'pager', name ?? 'None: less is not installed')
}
