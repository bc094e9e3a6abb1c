// `hero_proc logs export FILE`: the entries that match, oldest first, as NDJSON, as text, or as an SQLite
// file with one plain table. Where there is no file yet, there is a whole one at the end or none.
import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { WireEntry } from '@hero/logs'
import { CliError, EXIT } from '../exit.js'
import { addFilters } from '../filter-flags.js'
import { planLogs } from '../logs-flags.js'
import type { LogsFlags } from '../logs-flags.js'
import { Output, say } from '../output.js'
import { openEntryReader } from '../reading/entry-reader.js'
import { createProgress } from '../reading/progress.js'
import { selectEntries } from '../reading/select.js'
import { createRenderer } from '../render.js'
import type { Format } from '../render.js'
import { resolveSettings } from '../settings.js'

const FORMATS = ['ndjson', 'text', 'sqlite'] as const

interface ExportFlags extends LogsFlags {
  readonly format: (typeof FORMATS)[number]
  readonly source?: readonly string[]
}

/** Adds the verb below `logs`. */
export function addExport(logs: Command): void {
  const command = logs
    .command('export')
    .summary('write entries to a file')
    .description('Write the entries that match to FILE, oldest first; - means stdout.')
    .argument('<file>', 'where to; replaced if it exists')
    .argument('[source...]', 'names or patterns')
    .addOption(new Option('--format <format>', 'of the file').choices(FORMATS).default('ndjson'))
  addFilters(command).action(async (file: string, sources: string[], _: object, self: Command) => {
    await exportLogs(file, sources, self.optsWithGlobals<ExportFlags>())
  })
}

/** Where entries go. */
interface Target {
  readonly write: (entries: readonly WireEntry[]) => Promise<void> | void
  readonly close: () => Promise<void> | void
}

async function exportLogs(
  file: string,
  sources: readonly string[],
  flags: ExportFlags,
): Promise<void> {
  if (file === '-' && flags.format === 'sqlite') {
    throw new CliError(EXIT.usage, 'Expected a file for the format sqlite, got - (stdout)')
  }
  const settings = resolveSettings(flags)
  const around = { nowMs: Date.now(), isTerminal: false, isPaged: false, env: {} }
  const { query } = planLogs(sources, flags, around)
  const reader = await openEntryReader(settings, () => {
    say(`hero_proc: No hero_proc is running, reading ${settings.dataDir}`)
  })
  const temporary = `${file}.${process.pid}.tmp`
  const target = await openTarget(file === '-' ? undefined : temporary, flags.format)
  const progress = createProgress({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  })
  let count = 0
  try {
    const all = { count: Infinity, isReversed: false }
    for await (const entries of selectEntries(reader, query, all, {
      onScanned: progress.scanned,
    })) {
      await target.write(entries)
      count += entries.length
    }
    await target.close()
    if (file !== '-') renameSync(temporary, file)
  } catch (error) {
    if (file !== '-') {
      // A stream that is being opened would make the file after it was removed.
      await Promise.resolve(target.close()).catch(() => {})
      rmSync(temporary, { force: true })
    }
    throw error
  } finally {
    progress.hide()
    reader.close()
  }
  say(`hero_proc: ${count} entries exported`)
}

async function openTarget(
  path: string | undefined,
  format: ExportFlags['format'],
): Promise<Target> {
  if (format === 'sqlite') {
    const { createExportTable } = await import('@hero/logs')
    const table = createExportTable(path!)
    return { write: (entries) => table.add(entries), close: () => table.close() }
  }
  const stream = path === undefined ? undefined : createWriteStream(path, { mode: 0o600 })
  return renderedTarget(new Output(stream), format === 'text' ? 'short-iso' : 'json', async () => {
    if (!stream) return
    stream.end()
    await finished(stream)
  })
}

function renderedTarget(output: Output, format: Format, close: () => Promise<void>): Target {
  const renderer = createRenderer({
    format,
    isTerminal: false,
    colors: false,
    raw: false,
    timestamps: false,
    separated: false,
    severalSources: true,
  })
  return {
    write: async (entries) => {
      for (const entry of entries) {
        output.write(renderer.render(entry))
        if (output.isFull) await output.flush()
      }
    },
    close: async () => {
      output.write(renderer.finish())
      await output.flush()
      await close()
    },
  }
}
