// `hero_proc reload`: the running hero_proc reads its configuration file again; what changed is said.
import type { ReloadChanges } from '@hero/proc'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { print } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nNew services are started, changed ones are started anew if they were running, missing ones are\n' +
        'stopped and forgotten. A file with a mistake changes nothing.',
    )
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<SettingFlags & { json?: boolean }>()
      const { client } = await connect(resolveSettings(flags))
      try {
        const changes = await client.call<ReloadChanges>('config.reload', {}, { timeoutMs: 0 })
        const isJson = flags.json === true
        await print(isJson ? `${JSON.stringify(changes)}\n` : formatChanges(changes))
      } finally {
        client.close()
      }
    })
}

/** Writes what a reload has changed for people. */
export function formatChanges(changes: ReloadChanges): string {
  const { added, removed, changed, unchanged, options } = changes
  const lines = [
    ...added.map((name) => `added      ${name}`),
    ...changed.map(({ name, keys }) => `changed    ${name}: ${keys.join(', ')}`),
    ...removed.map((name) => `removed    ${name}`),
    `unchanged  ${unchanged.length}`,
    ...options.map((name) => `option     ${name}: holds from the next start of hero_proc`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
