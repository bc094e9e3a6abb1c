// `hero_proc status`: whether the supervisor is running, and how.
import type { HeroProcHealth } from '@hero/proc'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { print } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags, Settings } from '../settings.js'
import { formatSpan } from '../span.js'

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExits 4 if none is running.')
    .action(async (_: object, self: Command) => {
      await showStatus(self.optsWithGlobals<SettingFlags & { json?: boolean }>())
    })
}

async function showStatus(flags: SettingFlags & { readonly json?: boolean }): Promise<void> {
  const settings = resolveSettings(flags)
  const { client, health } = await connect(settings)
  client.close()
  const isJson = flags.json === true
  await print(
    isJson
      ? `${JSON.stringify({ ...health, socket: settings.socketPath })}\n`
      : formatStatus(health, settings),
  )
}

/** Writes the state of the supervisor for people. */
export function formatStatus(
  health: HeroProcHealth,
  { socketPath }: Pick<Settings, 'socketPath'>,
): string {
  const { ok, pid, version, uptime_ms, data_dir, services, plugins } = health
  const sick = Object.entries(plugins).filter(([, plugin]) => !plugin.ok)
  return (
    `hero_proc ${version} is running${ok ? '' : ', but not well'}\n` +
    `pid       ${pid}\n` +
    `up        ${formatSpan(uptime_ms)}\n` +
    `data dir  ${data_dir}\n` +
    `socket    ${socketPath}\n` +
    `services  ${services.running} of ${services.total} are running\n` +
    sick.map(([name, { detail }]) => `${name.padEnd(8)}  ${detail}\n`).join('')
  )
}
