// `hero_proc config show`: the options that hold, and with --origin where each comes from.
import type { Command } from 'commander'
import { CONFIG_HELP, readConfig } from '../config.js'
import type { ConfigFlags, ConfigItem } from '../config.js'
import { print } from '../output.js'
import { formatTable } from '../table.js'

interface ShowFlags extends ConfigFlags {
  readonly origin?: boolean
  readonly json?: boolean
}

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command.helpCommand(false)
  command
    .command('show')
    .summary('show the options that hold')
    .description('Show the options that hold: from flags, environment, hero_proc.toml or default.')
    .option('--config <file>', CONFIG_HELP)
    .option('--origin', 'where each comes from, and the variable that sets it')
    .option('--json', 'one JSON object a line')
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<ShowFlags>()
      const items = await readConfig(flags)
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
