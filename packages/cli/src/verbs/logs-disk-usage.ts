// `hero_proc logs disk-usage`: what the log database takes on disk. Looks at the files, so that it answers
// with and without a hero_proc.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { formatSize } from '../format-size.js'
import { CliError, EXIT } from '../exit.js'
import { print } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

interface DiskUsage {
  readonly bytes: number
  readonly files: number
  readonly partitions: number
  /** Files that are damaged and were set aside. */
  readonly quarantined_bytes: number
}

/** Adds the verb below `logs`. */
export function addDiskUsage(logs: Command): void {
  logs
    .command('disk-usage')
    .summary('show what the logs take on disk')
    .description('Show what the log database takes on disk.')
    .option('--json', 'one JSON object')
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<SettingFlags & { json?: boolean }>()
      const { logsDir } = resolveSettings(flags)
      const usage = diskUsage(logsDir)
      await print(flags.json ? `${JSON.stringify(usage)}\n` : describe(usage, logsDir))
    })
}

function describe({ bytes, partitions, quarantined_bytes }: DiskUsage, dir: string): string {
  const aside =
    quarantined_bytes === 0 ? '' : `, of it ${formatSize(quarantined_bytes)} damaged and set aside`
  return `The logs take ${formatSize(bytes)} in ${partitions} partitions in ${dir}${aside}\n`
}

function diskUsage(dir: string): DiskUsage {
  let names
  try {
    names = readdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new CliError(EXIT.notFound, `There is no log database in ${dir}`)
  }
  const files = names.flatMap((name) => {
    const stat = statSync(join(dir, name), { throwIfNoEntry: false })
    // Blocks that are held, not the length: a file may have holes.
    return stat?.isFile() ? [{ name, bytes: stat.blocks * 512 }] : []
  })
  const sum = (some: typeof files): number => some.reduce((total, { bytes }) => total + bytes, 0)
  return {
    bytes: sum(files),
    files: files.length,
    partitions: files.filter(({ name }) => /^p-\d+\.db$/.test(name)).length,
    quarantined_bytes: sum(files.filter(({ name }) => name.includes('damaged'))),
  }
}
