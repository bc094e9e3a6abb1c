// `hero_proc files ...`: log files that belong to no service, such as the machine's syslog.
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { CliError, EXIT } from '../exit.js'
import { print, say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'
import { formatTable } from '../table.js'

interface Watched {
  readonly name: string
  readonly paths: readonly string[]
}

/** Adds the verbs below `files`. */
export function configure(command: Command): void {
  command
    .command('add')
    .summary('follow log files as sources NAME:FILE')
    .description('Follow log files as sources NAME:FILE, now and after restarts.')
    .argument('<name>')
    .argument('<path...>', '* and ? in the last part stand for other characters; quote them')
    .action(async (name: string, paths: string[], _: object, self: Command) => {
      const absolute = paths.map((path) => resolve(path))
      await call(self, 'files.add', { name, paths: absolute })
      say(`hero_proc: Following ${absolute.join(', ')} as ${name}:FILE`)
    })
  command
    .command('remove')
    .summary('follow the files of a name no more; their logs stay')
    .description('Follow the files of a name no more; their logs stay.')
    .argument('<name>')
    .action(async (name: string, _: object, self: Command) => {
      const { removed } = await call<{ removed: boolean }>(self, 'files.remove', { name })
      if (!removed) throw new CliError(EXIT.notFound, `No files are followed as ${name}`)
    })
  command
    .command('list')
    .summary('show what is followed')
    .description('Show what is followed.')
    .option('--json', 'one JSON object a line')
    .action(async (_: object, self: Command) => {
      const { files } = await call<{ files: Watched[] }>(self, 'files.list', {})
      const isJson = self.opts<{ json?: boolean }>().json === true
      await print(isJson ? files.map((one) => `${JSON.stringify(one)}\n`).join('') : table(files))
    })
}

function table(files: readonly Watched[]): string {
  return formatTable<Watched>(
    [
      { title: 'name', value: ({ name }) => name },
      { title: 'paths', value: ({ paths }) => paths.join(' ') },
    ],
    files,
  )
}

async function call<T>(command: Command, method: string, params: object): Promise<T> {
  const { client } = await connect(resolveSettings(command.optsWithGlobals<SettingFlags>()))
  try {
    return await client.call<T>(method, params)
  } finally {
    client.close()
  }
}
