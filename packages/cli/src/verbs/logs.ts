// `hero_proc logs`: history and live tail. Asks the running hero_proc, or reads the data dir when none is
// running.
//
//   flags -> plan -> pages of entries -> renderer -> stdout, in chunks, at the reader's pace
//                         \-> then live entries, resumed by cursor
import type { WireEntry } from '@hero/logs'
import { Option } from 'commander'
import type { Command } from 'commander'
import { CursorKeeper } from '../cursor-keeper.js'
import { CliError, EXIT } from '../exit.js'
import { interruption } from '../interruption.js'
import { planLogs } from '../logs-flags.js'
import type { LogsFlags, LogsPlan } from '../logs-flags.js'
import { collect } from '../options.js'
import { Output, say } from '../output.js'
import { openEntryReader } from '../reading/entry-reader.js'
import type { EntryReader } from '../reading/entry-reader.js'
import { followEntries } from '../reading/follow.js'
import type { FollowBegin } from '../reading/follow.js'
import { selectEntries } from '../reading/select.js'
import { createRenderer, describeGap, FORMATS } from '../render.js'
import type { Renderer } from '../render.js'
import { resolveSettings } from '../settings.js'
import type { Settings } from '../settings.js'
import { addInsert } from './logs-insert.js'
import { addSources } from './logs-sources.js'
import { addSync } from './logs-sync.js'

const HELP = `
SOURCE is a name or a pattern with *, as in 'web*'. Without one, all sources are shown.

How many: everything if stdout is a file or a pipe or a range is given (--since, --until, --run, a
cursor); otherwise the newest 200 at a terminal, and the newest 10 before following.

TIME is 10m, '2h30m ago', yesterday, 14:30, '2026-11-21 14:30', 2026-11-21T14:30:00Z or @1795271400.
LEVEL is a name or number 0 to 8 (that and more severe), a span as in warning..info, or none.

If no hero_proc is running, the data dir is read, which is said on stderr. --follow then shows what
there is and exits 4. If hero_proc goes away meanwhile, --follow waits a minute for it to come back.

What reaches a terminal is freed of control sequences other than colors; --raw shows all bytes.
-o cat --raw writes exactly the bytes that were captured.`

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .argument('[source...]', 'names or patterns')
    .option('-f, --follow', 'show new entries as they come')
    .option('-n, --tail <count>', "only the newest so many, or 'all'")
    .option('--lines <count>', 'the same as --tail')
    .option('-S, --since <time>', 'not older than this')
    .option('-U, --until <time>', 'not newer than this')
    .option('-p, --level <level>', 'this level and more severe, or a span A..B')
    .option('-g, --grep <regex>', 'text that matches (without case unless it has upper case)')
    .option('-F, --contains <text>', 'text that contains this (case as for --grep)')
    .option('--stream <name>', 'stdout, stderr or none; may be repeated', collect)
    .option('--origin <name>', 'pty, pipe, rpc, system, ...; may be repeated', collect)
    .option('--run <number>', "runs by number, or 'last'; may be repeated", collect)
    .option('-r, --reverse', 'newest first')
    .addOption(new Option('-o, --output <format>', 'how to show entries').choices(FORMATS))
    .option('--json', 'one JSON object a line, the same as -o json')
    .option('-t, --timestamps', 'begin each line with the full time')
    .option('--no-color', 'no colors')
    .option('--raw', 'text as it is, control sequences included')
    .option('--after-cursor <cursor>', 'only what came after this entry')
    .option('--cursor-file <file>', 'go on after the cursor in this file, then save the last one')
    .option('--show-cursor', 'print the last cursor at the end')
    .option('--no-pager', 'accepted; there is no pager')
    .addHelpText('after', HELP)
    .helpCommand(false)
    .action(async (sources: string[], _: object, self: Command) => {
      process.exitCode = await showLogs(sources, self.optsWithGlobals<LogsFlags>())
    })
  addSources(command)
  addInsert(command)
  addSync(command)
}

async function showLogs(sources: readonly string[], flags: LogsFlags): Promise<number> {
  const settings = resolveSettings(flags)
  const keeper = new CursorKeeper(flags.cursorFile)
  const plan = planLogs(sources, flags, {
    nowMs: Date.now(),
    isTerminal: process.stdout.isTTY === true,
    env: process.env,
    savedCursor: keeper.read(),
  })
  const reader = await openEntryReader(settings, () => sayDirect(settings))
  const writer = new EntryWriter(createRenderer(plan.render), keeper)
  try {
    const code = await showPlan(reader, plan, writer, keeper)
    if (writer.count === 0 && !plan.isFollowing) await checkSources(reader, sources)
    if (plan.isCutByDefault && writer.count === plan.selection.count) {
      say(`hero_proc: The newest ${writer.count} entries; -n all shows everything`)
    }
    if (flags.showCursor && keeper.cursor !== undefined) {
      await showCursor(keeper.cursor, plan, writer.output)
    }
    return code
  } finally {
    keeper.save()
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
  for await (const entries of selectEntries(reader, plan.query, plan.selection)) {
    await writer.writeAll(entries)
    if (interrupted?.signal.aborted) break
  }
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

// Renders entries into stdout and remembers the last one.
class EntryWriter {
  readonly output: Output = new Output()
  count = 0
  last: WireEntry | undefined
  readonly #renderer: Renderer
  readonly #keeper: CursorKeeper
  #isFlushDue = false

  constructor(renderer: Renderer, keeper: CursorKeeper) {
    this.#renderer = renderer
    this.#keeper = keeper
  }

  async writeAll(entries: readonly WireEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#write(entry)
      if (this.output.isFull) await this.output.flush()
    }
    await this.output.flush()
  }

  /** Writes one entry now, but those that come at once together. */
  async writeLive(entry: WireEntry): Promise<void> {
    if (this.output.failure) throw this.output.failure
    this.#write(entry)
    if (this.output.isFull) return await this.output.flush()
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      // What goes wrong is thrown at the next entry.
      this.output.flush().catch(() => {})
    })
  }

  async finish(): Promise<void> {
    this.output.write(this.#renderer.finish())
    await this.output.flush()
  }

  #write(entry: WireEntry): void {
    const piece = this.#renderer.render(entry)
    this.output.write(piece)
    if (entry.gap !== undefined && piece === '') say(`-- ${describeGap(entry)} --`)
    this.count += 1
    this.last = entry
    this.#keeper.see(entry)
  }
}
