// Flags of `service add` for what a definition can say beside its command, and what they mean.
import type { ServiceDefinitionInput } from '@hero/proc'
import { Option } from 'commander'
import type { Command } from 'commander'
import { usageError } from './exit.js'
import { collect, parseCount } from './options.js'

export interface DefinitionFlags {
  readonly umask?: string
  readonly limit?: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly ready?: string
  readonly giveUpAfter?: number
  readonly whenOrphaned?: 'stop' | 'keep'
  readonly stopSignal?: string
  readonly stopDeadline?: number
  readonly logFile?: readonly string[]
}

type Ready = NonNullable<ServiceDefinitionInput['ready']>

/** Adds the flags. */
export function addDefinitionFlags(command: Command): Command {
  return command
    .option('--umask <octal>', 'mode bits that its files do not get')
    .option(
      '--limit <resource=limit>',
      'as prlimit has it, such as nofile=1024:4096; may be repeated',
      collect,
    )
    .option(
      '--depends-on <name>',
      'a service that is ready before it starts; may be repeated',
      collect,
    )
    .option(
      '--ready <how>',
      'when it counts as ready: notify:FD, unix:PATH, http:URL or log:PATTERN (default: at once)',
    )
    .option('--give-up-after <n>', 'give up after so many failed runs in a row; 0: never', (text) =>
      parseCount(text, '--give-up-after'),
    )
    .addOption(
      new Option('--when-orphaned <what>', 'what happens to it when hero_proc is killed').choices([
        'stop',
        'keep',
      ]),
    )
    .option('--stop-signal <signal>', 'what asks it to stop, such as SIGQUIT')
    .option('--stop-deadline <ms>', 'from there to SIGKILL', (text) =>
      parseCount(text, '--stop-deadline'),
    )
    .option(
      '--log-file <path>',
      'a log file of it that is followed; may end in *.log, may be repeated',
      collect,
    )
}

/**
 * Returns the keys of a definition that the flags give.
 *
 * @throws {CliError} Usage.
 */
export function definedBy(flags: DefinitionFlags): Partial<ServiceDefinitionInput> {
  const { umask, limit, dependsOn, ready, giveUpAfter, whenOrphaned } = flags
  const { stopSignal, stopDeadline } = flags
  const given = {
    umask,
    limits: limit && Object.fromEntries(limit.map(splitLimit)),
    depends_on: dependsOn,
    ready: ready === undefined ? undefined : parseReady(ready),
    give_up_after: giveUpAfter,
    when_orphaned: whenOrphaned,
    stop_signal: stopSignal,
    stop_deadline_ms: stopDeadline,
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<ServiceDefinitionInput>
}

function splitLimit(text: string): [string, string | number] {
  const [, name, value] = /^([a-z]+)=(\S+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw usageError(`Expected --limit to be RESOURCE=LIMIT such as nofile=1024, got '${text}'`)
  }
  return [name, /^\d+$/.test(value) ? Number(value) : value]
}

function parseReady(text: string): Ready {
  const [, type, value = ''] = /^(notify|unix|http|log):(.+)$/s.exec(text) ?? []
  if (type === 'notify') return { type, fd: Number(value) }
  if (type === 'unix') return { type, path: value }
  if (type === 'http') return { type, url: value.startsWith('//') ? text : value }
  if (type === 'log') return { type, pattern: value }
  throw usageError(
    `Expected --ready to be notify:FD, unix:PATH, http:URL or log:PATTERN, got '${text}'`,
  )
}
