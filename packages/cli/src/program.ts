// The command line as a tree of verbs. A verb's module is loaded only when its name is on the command
// line, so that `hero_proc logs` does not pay for a supervisor.
import { Command, CommanderError } from 'commander'
import { describeError, EXIT, exitCodeOf } from './exit.js'

/** What the module of a verb exports. */
export interface VerbModule {
  /** Adds arguments, flags and the action. */
  readonly configure: (command: Command) => void
}

interface Verb {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<VerbModule>
}

const VERBS: readonly Verb[] = [
  {
    name: 'run',
    summary: 'run one command, keep what it prints, exit with its exit code',
    load: () => import('./verbs/run.js'),
  },
  {
    name: 'serve',
    summary: 'run the supervisor in the foreground',
    load: () => import('./verbs/serve.js'),
  },
  {
    name: 'start',
    summary: 'start the supervisor in the background',
    load: () => import('./verbs/start.js'),
  },
  { name: 'stop', summary: 'stop the supervisor', load: () => import('./verbs/stop.js') },
  {
    name: 'status',
    summary: 'say whether the supervisor is running, and how',
    load: () => import('./verbs/status.js'),
  },
  {
    name: 'reload',
    summary: 'read the configuration file again and say what changed',
    load: () => import('./verbs/reload.js'),
  },
  {
    name: 'service',
    summary: 'add, start, stop and list services',
    load: () => import('./verbs/service.js'),
  },
  {
    name: 'files',
    summary: 'follow log files that belong to no service',
    load: () => import('./verbs/files.js'),
  },
  {
    name: 'attach',
    summary: 'talk to a service through its terminal',
    load: () => import('./verbs/attach.js'),
  },
  { name: 'logs', summary: 'show and follow logs', load: () => import('./verbs/logs.js') },
  {
    name: 'stats',
    summary: 'show what the log batcher has counted',
    load: () => import('./verbs/stats.js'),
  },
  {
    name: 'admin',
    summary: 'show logs, services and figures in a browser',
    load: () => import('./verbs/admin.js'),
  },
  {
    name: 'config',
    summary: 'show the options that hold',
    load: () => import('./verbs/config.js'),
  },
  {
    name: 'completion',
    summary: 'print a script that completes verbs and flags in a shell',
    load: () => import('./verbs/completion.js'),
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong, and say what to do about it',
    load: () => import('./verbs/doctor.js'),
  },
]

/**
 * Runs the command line.
 *
 * @param args Without the names of the runtime and the script.
 * @returns The exit code.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args)
    await program.parseAsync(args, { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok
  } catch (error) {
    // Commander has said what it had to say already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    await sayError(error)
    // What failed may have left workers or connections behind: they are no reason to stay.
    process.exit(exitCodeOf(error))
  }
}

/** Returns the program with every verb loaded. */
export function createWholeProgram(): Promise<Command> {
  return createProgram(VERBS.map(({ name }) => name))
}

function sayError(error: unknown): Promise<void> {
  return new Promise((resolve) => {
    process.stderr.write(describeError(error), () => resolve())
  })
}

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('hero_proc')
    .description('A process supervisor that keeps every line.')
    .option('--data-dir <dir>', 'where services and logs are kept (HERO_PROC_DATA_DIR)')
    .option('--socket-dir <dir>', 'where the socket is (HERO_SOCKET_DIR)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(asOurs(text)) })
    .showSuggestionAfterError()
    .showHelpAfterError('hint: --help says what there is')
    .exitOverride()
  const words = new Set(args.slice(0, args.includes('--') ? args.indexOf('--') : undefined))
  for (const { name, summary, load } of VERBS) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${capitalized(summary)}.`)
    if (words.has(name)) (await load()).configure(command)
  }
  program.addHelpText(
    'after',
    '\nExit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 cannot reach or already running,\n' +
      "5 permission, 6 damaged store, 130 interrupted; run: the command's own.",
  )
  return program
}

function asOurs(text: string): string {
  return text.replace(/^error: (.)/, (_, first: string) => `hero_proc: ${first.toUpperCase()}`)
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
