// `hero_proc service ...`: definitions and lives of services, over RPC to the running hero_proc.
import { resolve } from 'node:path'
import type {
  ServiceDefinitionInput,
  ServiceHealth,
  ServiceStatus,
  Troubleshooting,
} from '@hero/proc'
import type { RpcClient } from '@hero/rpc'
import { Option } from 'commander'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { CliError, EXIT, usageError } from '../exit.js'
import { collect } from '../options.js'
import { print, say } from '../output.js'
import { addDefinitionFlags, definedBy } from '../service-flags.js'
import type { DefinitionFlags } from '../service-flags.js'
import { formatHealth, formatInspection } from '../inspection-text.js'
import { formatService, serviceTable } from '../service-text.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

interface ServiceFlags extends SettingFlags {
  readonly json?: boolean
}

interface AddFlags extends ServiceFlags, DefinitionFlags {
  readonly capture?: 'pty' | 'pipe' | 'tee'
  readonly restart?: 'always' | 'on-failure' | 'never'
  readonly env?: readonly string[]
  readonly cwd?: string
  readonly user?: string
  readonly overflow?: 'hold' | 'drop' | 'block'
  readonly rateLimit?: number
  readonly coalesce?: boolean
  readonly redact?: boolean
  readonly start: boolean
}

/** Adds the verbs below `service`. */
export function configure(command: Command): void {
  addAdd(command)
  addOperation(command, 'start', 'start a service', 'Started')
  addOperation(command, 'stop', 'stop a service and wait for its end', 'Stopped')
  addOperation(command, 'restart', 'stop and start a service', 'Restarted')
  command
    .command('status')
    .summary('show one service')
    .description('Show one service.')
    .argument('<name>')
    .option('--json', 'one JSON object')
    .action(async (name: string, _: object, self: Command) => {
      const flags = self.optsWithGlobals<ServiceFlags>()
      const status = await call<ServiceStatus>(flags, 'service.status', { name })
      await print(flags.json ? `${JSON.stringify(status)}\n` : formatService(status, Date.now()))
    })
  addShow(command, 'inspect', 'show a service with its last operations and runs')
  addShow(command, 'troubleshoot', 'show all that helps with a service in trouble')
  command
    .command('health')
    .summary('ask a service and its sockets how they are')
    .description('Ask a service and its sockets how they are.')
    .argument('<name>')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExits 1 if it is not well.')
    .action(async (name: string, _: object, self: Command) => {
      const flags = self.optsWithGlobals<ServiceFlags>()
      const health = await call<ServiceHealth>(flags, 'service.health', { name })
      await print(flags.json ? `${JSON.stringify(health)}\n` : formatHealth(health))
      if (!health.ok) process.exitCode = EXIT.failure
    })
  command
    .command('list')
    .summary('show all services')
    .description('Show all services.')
    .option('--json', 'one JSON object a line')
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<ServiceFlags>()
      const { services } = await call<{ services: ServiceStatus[] }>(flags, 'service.list', {})
      const lines = services.map((service) => `${JSON.stringify(service)}\n`)
      await print(flags.json ? lines.join('') : serviceTable(services, Date.now()))
    })
  command
    .command('delete')
    .summary('stop a service and forget it; its logs stay')
    .description('Stop a service and forget it; its logs stay.')
    .argument('<name>')
    .action(async (name: string, _: object, self: Command) => {
      await call(self.optsWithGlobals<ServiceFlags>(), 'service.delete', { name })
      say(`hero_proc: Deleted ${name}; its logs stay`)
    })
}

function addAdd(service: Command): void {
  const add = service
    .command('add')
    .summary('define a service and start it')
    .description('Define a service and start it.')
    .usage('[options] name -- command [args...]')
    .argument('<name>')
    .argument('<command...>', 'the program and its arguments, after --')
    .addOption(
      new Option('--capture <mode>', 'how its output is captured').choices(['pty', 'pipe', 'tee']),
    )
    .addOption(
      new Option('--restart <policy>', 'after which ends it is started again').choices([
        'always',
        'on-failure',
        'never',
      ]),
    )
    .option('--env <name=value>', 'a variable; may be repeated', collect)
    .option('--cwd <dir>', 'where it runs (default: here)')
    .option('--user <user>', 'whom it runs as: NAME, UID or UID:GID')
    .addOption(
      new Option('--overflow <policy>', 'what happens when the log queue is full').choices([
        'hold',
        'drop',
        'block',
      ]),
    )
    .option('--rate-limit <lines/s>', 'lines a second that are kept', parseRate)
    .option('--coalesce', 'tell identical consecutive lines by one entry')
    .option('--redact', 'hide what looks like a secret before it is kept')
    .option('--no-start', 'only define it')
  addDefinitionFlags(add)
    .option('--json', 'print its status as one JSON object')
    .action(async (name: string, words: string[], _: object, self: Command) => {
      const flags = self.optsWithGlobals<AddFlags>()
      const definition = definitionOf(name, words, flags)
      const params = { definition, start: flags.start }
      tell(await call<ServiceStatus>(flags, 'service.add', params), 'Added', flags)
    })
}

function addShow(service: Command, verb: string, summary: string): void {
  service
    .command(verb)
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .argument('<name>')
    .option('--json', 'one JSON object')
    .action(async (name: string, _: object, self: Command) => {
      const flags = self.optsWithGlobals<ServiceFlags>()
      const found = await call<Troubleshooting>(flags, `service.${verb}`, { name })
      await print(flags.json ? `${JSON.stringify(found)}\n` : formatInspection(found, Date.now()))
    })
}

function addOperation(service: Command, verb: string, summary: string, done: string): void {
  service
    .command(verb)
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .argument('<name>')
    .option('--json', 'print its status as one JSON object')
    .action(async (name: string, _: object, self: Command) => {
      const flags = self.optsWithGlobals<ServiceFlags>()
      tell(await call<ServiceStatus>(flags, `service.${verb}`, { name }), done, flags)
    })
}

/**
 * Returns the definition that the flags describe; hero_proc completes and checks it.
 *
 * @throws {CliError} Usage.
 */
export function definitionOf(
  name: string,
  command: readonly string[],
  flags: Omit<AddFlags, 'start'>,
): ServiceDefinitionInput {
  const { capture, restart, env, user, overflow, rateLimit, coalesce, redact, logFile } = flags
  const log = {
    ...(overflow === undefined ? {} : { overflow }),
    ...(rateLimit === undefined ? {} : { rate_limit: { lines_per_second: rateLimit } }),
    ...(coalesce === undefined ? {} : { coalesce }),
    ...(redact === undefined ? {} : { redact }),
    ...(logFile === undefined ? {} : { files: logFile.map((path) => resolve(path)) }),
  }
  return {
    name,
    command,
    cwd: resolve(flags.cwd ?? '.'),
    ...(capture === undefined ? {} : { capture }),
    ...(restart === undefined ? {} : { restart }),
    ...(env === undefined ? {} : { env: Object.fromEntries(env.map(splitVariable)) }),
    ...(user === undefined ? {} : { user }),
    ...definedBy(flags),
    ...(Object.keys(log).length === 0 ? {} : { log }),
  }
}

function parseRate(text: string): number {
  const rate = Number(/^(\d+)(?:\/s)?$/.exec(text)?.[1])
  if (rate >= 1) return rate
  throw usageError(`Expected --rate-limit to be lines a second such as 100/s, got '${text}'`)
}

function splitVariable(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw usageError(`Expected --env to be NAME=VALUE, got '${text}'`)
}

function tell(status: ServiceStatus, done: string, flags: ServiceFlags): void {
  const { name, state, pid } = status
  if (flags.json) process.stdout.write(`${JSON.stringify(status)}\n`)
  else say(`hero_proc: ${done} ${name}: ${state}${pid === null ? '' : ` (pid ${pid})`}`)
}

/** Calls one method. Starting and stopping take as long as the service does. */
async function call<T>(flags: SettingFlags, method: string, params: object): Promise<T> {
  const { client } = await connect(resolveSettings(flags))
  try {
    return await callOn<T>(client, method, params)
  } finally {
    client.close()
  }
}

async function callOn<T>(client: RpcClient, method: string, params: object): Promise<T> {
  try {
    return await client.call<T>(method, params, { timeoutMs: 0 })
  } catch (error) {
    // hero_proc can be reached; it is the service that did not start.
    const { data } = error as { data?: { reason?: unknown } }
    if (data?.reason === undefined) throw error
    const hint =
      method === 'service.add' ? 'It is defined all the same; service delete forgets it' : undefined
    throw new CliError(EXIT.failure, (error as Error).message, hint)
  }
}
