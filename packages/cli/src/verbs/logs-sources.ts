// `hero_proc logs sources`: which sources there are, and how much each has logged.
import type { SourceInfo } from '@hero/logs'
import type { Command } from 'commander'
import { print, say } from '../output.js'
import { openEntryReader } from '../reading/entry-reader.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'
import { formatTable } from '../table.js'

/** Adds the verb below `logs`. */
export function addSources(logs: Command): void {
  logs
    .command('sources')
    .summary('list the sources')
    .description('List the sources and how much each has logged.')
    .option('--json', 'one JSON object a line')
    .action(async (_: object, self: Command) => {
      await listSources(self.optsWithGlobals<SettingFlags & { json?: boolean }>())
    })
}

async function listSources(flags: SettingFlags & { readonly json?: boolean }): Promise<void> {
  const settings = resolveSettings(flags)
  const reader = await openEntryReader(settings, () => {
    say(`hero_proc: No hero_proc is running, reading ${settings.dataDir}`)
  })
  try {
    const sources = await reader.sources()
    const isJson = flags.json === true
    await print(
      isJson ? sources.map((one) => `${JSON.stringify(one)}\n`).join('') : sourceTable(sources),
    )
  } finally {
    reader.close()
  }
}

function sourceTable(sources: readonly SourceInfo[]): string {
  const rows = sources.toSorted((a, b) => (a.source < b.source ? -1 : 1))
  return formatTable<SourceInfo>(
    [
      { title: 'source', value: ({ source }) => source },
      { title: 'origins', value: ({ origins }) => origins.join(',') },
      { title: 'received', value: ({ received }) => received },
      { title: 'sent', value: ({ sent }) => sent },
      { title: 'dropped', value: ({ dropped }) => dropped },
      { title: 'last n', value: ({ last_n }) => last_n },
      { title: 'last run', value: ({ last_run }) => last_run },
    ],
    rows,
  )
}
