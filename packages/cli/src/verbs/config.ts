// `hero_proc config show`: the options that hold, and with --origin where each comes from.
import type { Command } from 'commander'
import { readConfig } from '../config.js'
import type { ConfigItem } from '../config.js'
import { print } from '../output.js'
import type { SettingFlags } from '../settings.js'
import { formatTable } from '../table.js'

interface ConfigFlags extends SettingFlags {
  readonly origin?: boolean
  readonly json?: boolean
}

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command.helpCommand(false)
  command
    .command('show')
    .summary('show the options that hold')
    .description('Show the options that hold: from flags, environment, config.json or default.')
    .option('--origin', 'where each comes from, and the variable that sets it')
    .option('--json', 'one JSON object a line')
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<ConfigFlags>()
      const items = readConfig(flags)
      const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('')
      await print(flags.json ? lines : table(items, flags.origin === true))
    })
}

function table(items: readonly ConfigItem[], hasOrigin: boolean): string {
  const columns = [
    { title: 'option', value: ({ name }: ConfigItem) => name },
    { title: 'value', value: ({ value }: ConfigItem) => String(value ?? 'default') },
  ]
  const origins = [
    { title: 'from', value: ({ origin }: ConfigItem) => origin },
    { title: 'variable', value: ({ variable }: ConfigItem) => variable },
  ]
  return formatTable<ConfigItem>(hasOrigin ? [...columns, ...origins] : columns, items)
}
