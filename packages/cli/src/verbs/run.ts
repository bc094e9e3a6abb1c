// `hero_proc run`: one command in the foreground, without a daemon. What it prints is kept and echoed;
// the exit comes after its last byte is committed and the store is closed.
import { constants } from 'node:os'
import type { RunExit, ServiceDefinitionInput } from '@hero/proc'
import { Option } from 'commander'
import type { Command } from 'commander'
import { logOptions, readConfig } from '../config.js'
import { lockDataDir } from '../data-dir.js'
import { Echo } from '../echo.js'
import { describeError, EXIT, usageError } from '../exit.js'
import { say } from '../output.js'
import { toServiceName } from '../service-name.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags, Settings } from '../settings.js'
import { SignalRelay } from '../signal-relay.js'

interface RunFlags extends SettingFlags {
  readonly name?: string
  readonly capture: 'pty' | 'pipe'
  readonly overflow: 'hold' | 'drop' | 'block'
  readonly quiet?: boolean
  readonly stdin?: boolean
}

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .usage('[options] -- command [args...]')
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--name <name>', "the source's name (default: that of the program)")
    .addOption(
      new Option('--capture <mode>', 'how its output is captured')
        .choices(['pty', 'pipe'])
        .default('pty'),
    )
    .addOption(
      new Option('--overflow <policy>', 'what happens when the log queue is full')
        .choices(['hold', 'drop', 'block'])
        .default('block'),
    )
    .option('-q, --quiet', 'do not echo what it prints')
    .option('-i, --stdin', 'pass stdin on to it (default: nothing to read)')
    .addHelpText(
      'after',
      '\nNothing is lost: a command that prints faster than the disk takes it is slowed down, unless\n' +
        'another --overflow is chosen.\n\nExits as the command did, 128 and the number of the signal that ended it, 126 if it is not\n' +
        'executable, 127 if there is none. Signals are passed on; a second Ctrl-C kills it.',
    )
    .action(async (words: string[], _: object, self: Command) => {
      const flags = self.optsWithGlobals<RunFlags>()
      process.exitCode = await run(words, flags, resolveSettings(flags))
    })
}

async function run(words: readonly string[], flags: RunFlags, settings: Settings): Promise<number> {
  const [program = ''] = words
  if (program === '') throw usageError('Expected a command, got an empty word')
  const name = flags.name ?? toServiceName(program)
  const logSettings = logOptions(await readConfig(flags))
  const lock = await lockDataDir(settings.dataDir)
  const relay = new SignalRelay()
  const echo = flags.quiet ? undefined : new Echo()
  try {
    const { capture, overflow } = flags
    const definition = { name, command: words, capture, log: { overflow } }
    const stdin = flags.stdin === true
    const exit = await supervise(definition, { settings, logSettings, relay, echo, stdin })
    await echo?.drained()
    return exitCodeOf(exit)
  } finally {
    lock.release()
    relay.close()
  }
}

interface Supervision {
  readonly settings: Settings
  /** What is configured of the log store. */
  readonly logSettings: ReturnType<typeof logOptions>
  readonly relay: SignalRelay
  readonly echo: Echo | undefined
  readonly stdin: boolean
}

/** Runs the command; the store is closed when this resolves. */
async function supervise(
  definition: ServiceDefinitionInput,
  { settings, logSettings, relay, echo, stdin }: Supervision,
): Promise<RunExit> {
  const [{ createSupervisor }, { openLogsPlugin }] = await Promise.all([
    import('@hero/proc'),
    import('@hero/proc-logs'),
  ])
  const logs = await openLogsPlugin({ ...logSettings, dir: settings.logsDir })
  try {
    const supervisor = await createSupervisor({
      dataDir: settings.dataDir,
      plugins: echo ? [logs, echo.plugin] : [logs],
      onPluginError: (plugin, error) => say(`hero_proc: ${plugin}: ${(error as Error).message}`),
    })
    const droppedBefore = logs.logs.stats().totals.dropped_total
    const exit = await supervisor.runOnce(definition, {
      stdin: stdin ? 'inherit' : 'ignore',
      onStarted: (_, sendSignal) => relay.attach(sendSignal),
      ...(echo ? { onData: (chunk, stream) => echo.write(chunk, stream) } : {}),
    })
    const dropped = logs.logs.stats().totals.dropped_total - droppedBefore
    if (dropped > 0) say(`hero_proc: ${dropped} lines could not be kept`)
    await supervisor.close()
    return exit
  } finally {
    // Closed already, unless something failed.
    await logs.close?.()
  }
}

/** Returns the code to exit with; says why a command never began. */
function exitCodeOf({ code, signal, error }: RunExit): number {
  if (error !== undefined) {
    process.stderr.write(describeError(error))
    if (error.code === 'CommandNotFound') return EXIT.noSuchCommand
    return error.code === 'CommandNotExecutable' ? EXIT.notExecutable : EXIT.failure
  }
  return signal === null ? (code ?? EXIT.failure) : 128 + constants.signals[signal]
}
