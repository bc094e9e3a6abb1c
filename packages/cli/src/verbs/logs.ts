// `hero_proc logs`: history and live tail. Asks the running hero_proc, or reads the data dir when none is
// running.
//
//   flags -> plan -> pages of entries -> renderer -> stdout, in chunks, at the reader's pace
//                         \-> then live entries, resumed by cursor
import type { WireEntry } from '@hero/logs'
import { Option } from 'commander'
import type { Command } from 'commander'
import { CursorKeeper } from '../cursor-keeper.js'
import { addFilters } from '../filter-flags.js'
import { EntryWriter } from '../entry-writer.js'
import { CliError, EXIT, usageError } from '../exit.js'
import { interruption } from '../interruption.js'
import { planLogs } from '../logs-flags.js'
import type { LogsFlags, LogsPlan } from '../logs-flags.js'
import { Output, say } from '../output.js'
import { openPager, pagerCommand } from '../pager.js'
import { openEntryReader } from '../reading/entry-reader.js'
import type { EntryReader } from '../reading/entry-reader.js'
import { followEntries } from '../reading/follow.js'
import type { FollowBegin } from '../reading/follow.js'
import { selectEntries } from '../reading/select.js'
import { createProgress } from '../reading/progress.js'
import { createRenderer, FORMATS } from '../render.js'
import { resolveSettings } from '../settings.js'
import type { Settings } from '../settings.js'
import { addDiskUsage } from './logs-disk-usage.js'
import { addExport } from './logs-export.js'
import { addInsert } from './logs-insert.js'
import { addSources } from './logs-sources.js'
import { addSync } from './logs-sync.js'
import { addUpkeep } from './logs-upkeep.js'

const HELP = `
SOURCE is a name or a pattern with *, as in 'web*'. Without one, all sources are shown.

How many: before following, the newest 10. Otherwise everything in a file, a pipe or a pager, and the
newest 200 at a terminal without a pager. A range (--since, --until, --run, a cursor) is shown whole in
each case.

TIME is 10m, '2h30m ago', yesterday, 14:30, '2026-11-21 14:30', 2026-11-21T14:30:00Z or @1795271400.
LEVEL is a name or number 0 to 8 (that and more severe), a span as in warning..info, or none.

A condition is FIELD, one of = != < <= > >= ~ (contains), and a value; dots lead into objects.

At a terminal the pager is HERO_PROC_PAGER, PAGER, less or more; an empty one or cat means none.

If no hero_proc is running, the data dir is read, which is said on stderr. --follow then shows what
there is and exits 4. If hero_proc goes away meanwhile, --follow waits a minute for it to come back.

What reaches a terminal is freed of control sequences other than colors; --raw shows all bytes.
-o cat --raw writes exactly the bytes that were captured.`

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  addFilters(command.argument('[source...]', 'names or patterns'))
    .option('-f, --follow', 'show new entries as they come')
    .option('-n, --tail <count>', "only the newest so many, or 'all'")
    .option('--lines <count>', 'the same as --tail')
    .option('-C, --context <count>', 'so many lines of the same source around each match')
    .option('-r, --reverse', 'newest first')
    .addOption(new Option('-o, --output <format>', 'how to show entries').choices(FORMATS))
    .option('--json', 'one JSON object a line, the same as -o json')
    .option('-t, --timestamps', 'begin each line with the full time')
    .option('--no-color', 'no colors')
    .option('--raw', 'text as it is, control sequences included')
    .option('--cursor-file <file>', 'go on after the cursor in this file, then save the last one')
    .option('--show-cursor', 'print the last cursor at the end')
    .option('--no-pager', 'write to the terminal, not to a pager')
    .addHelpText('after', HELP)
    .helpCommand(false)
    .hook('preAction', (_, verb) => refuseStrayFlags(command, verb))
    .action(async (sources: string[], _: object, self: Command) => {
      process.exitCode = await showLogs(sources, self.optsWithGlobals<LogsFlags>())
    })
  addSources(command)
  addInsert(command)
  addExport(command)
  addDiskUsage(command)
  addUpkeep(command)
  addSync(command)
}

/** Flags of `logs` are taken after the verbs below it as well, where most of them would do nothing. */
function refuseStrayFlags(logs: Command, verb: Command): void {
  if (verb === logs) return
  const known = new Set(verb.options.map((option) => option.attributeName()))
  const stray = logs.options.find((option) => {
    const name = option.attributeName()
    return logs.getOptionValueSource(name) === 'cli' && !known.has(name)
  })
  if (stray === undefined) return
  throw usageError(
    `Unknown option '${stray.long}' of logs ${verb.name()}`,
    '--help says what there is',
  )
}

async function showLogs(sources: readonly string[], flags: LogsFlags): Promise<number> {
  const settings = resolveSettings(flags)
  const keeper = new CursorKeeper(flags.cursorFile)
  const isTerminal = process.stdout.isTTY === true
  const mayPage = isTerminal && flags.pager !== false && !flags.follow
  const pagerName = mayPage ? pagerCommand(process.env) : undefined
  const plan = planLogs(sources, flags, {
    nowMs: Date.now(),
    isTerminal,
    isPaged: pagerName !== undefined,
    env: process.env,
    savedCursor: keeper.read(),
  })
  const reader = await openEntryReader(settings, () => sayDirect(settings))
  const pager = pagerName === undefined ? undefined : openPager(pagerName, process.env)
  const output = new Output(pager?.input ?? process.stdout)
  const writer = new EntryWriter(output, createRenderer(plan.render), keeper)
  // Newest first, the cursor is that of the first line: a part of the answer must not stand for all of it.
  let maySave = !plan.selection.isReversed
  try {
    const code = await showPlan(reader, plan, writer, keeper)
    maySave ||= code === EXIT.ok
    if (writer.count === 0 && !plan.isFollowing) await checkSources(reader, sources)
    if (plan.isCutByDefault && writer.count === plan.selection.count) {
      say(`hero_proc: The newest ${writer.count} entries; -n all shows everything`)
    }
    if (flags.showCursor && keeper.cursor !== undefined) {
      await showCursor(keeper.cursor, plan, writer.output)
    }
    return code
  } finally {
    await pager?.close()
    if (maySave) keeper.save()
    reader.close()
  }
}

async function showPlan(
  reader: EntryReader,
  plan: LogsPlan,
  writer: EntryWriter,
  keeper: CursorKeeper,
): Promise<number> {
  // Without anything to do at the end the default is right: a signal ends the process at once.
  const isCareful = plan.isFollowing || keeper.isKeeping
  const interrupted = isCareful ? interruption() : undefined
  const progress = createProgress({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  })
  const pages = selectEntries(reader, plan.query, plan.selection, {
    onScanned: progress.scanned,
    signal: interrupted?.signal,
  })
  for await (const entries of pages) {
    progress.hide()
    await writer.writeAll(entries)
    if (interrupted?.signal.aborted) break
  }
  progress.hide()
  if (plan.isFollowing && interrupted && !interrupted.signal.aborted) {
    await follow(reader, plan, writer, interrupted.signal)
  }
  await writer.finish()
  return interrupted?.exitCode() ?? EXIT.ok
}

async function follow(
  { client }: EntryReader,
  { query, selection }: LogsPlan,
  writer: EntryWriter,
  signal: AbortSignal,
): Promise<void> {
  if (client === undefined) {
    await writer.finish()
    throw new CliError(
      EXIT.unreachable,
      'Nothing to follow: no hero_proc is running',
      'hero_proc start',
    )
  }
  const begin = beginAfter(writer.last, query.after, query.since, selection.count)
  const { since: _since, after: _after, ...filters } = query
  const live = followEntries(client, {
    query: filters,
    begin,
    signal,
    onChange: (state) => {
      say(
        state === 'lost'
          ? 'hero_proc: Connection lost, looking for it'
          : 'hero_proc: Connected again',
      )
    },
  })
  for await (const entry of live) await writer.writeLive(entry)
}

// History and live meet at the last entry shown. If none was, everything that matches is still to come.
function beginAfter(
  last: WireEntry | undefined,
  after: string | undefined,
  since: number | undefined,
  count: number,
): FollowBegin {
  const cursor = last?.cursor ?? after
  if (cursor !== undefined) return { from_cursor: cursor }
  return count === 0 ? { tail: 0 } : { since: since ?? 0 }
}

async function checkSources(reader: EntryReader, sources: readonly string[]): Promise<void> {
  const names = sources.filter((source) => !source.includes('*'))
  if (names.length === 0) return
  const known = new Set((await reader.sources()).map(({ source }) => source))
  const missing = names.find((name) => !known.has(name))
  if (missing === undefined) return
  throw new CliError(EXIT.notFound, `No source has the name '${missing}'`, 'hero_proc logs sources')
}

async function showCursor(cursor: string, { render }: LogsPlan, output: Output): Promise<void> {
  if (render.format === 'json') return say(`-- cursor: ${cursor}`)
  output.write(`-- cursor: ${cursor}\n`)
  await output.flush()
}

function sayDirect({ dataDir }: Settings): void {
  say(`hero_proc: No hero_proc is running, reading ${dataDir}`)
}
