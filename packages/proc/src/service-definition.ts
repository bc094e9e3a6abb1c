// What a service is, as it is stored, sent and shown: one flat object with words in snake case. Checked
// once, where it comes in; everything behind sees a complete definition.
import { closed, compileSchema, Type } from '@hero/rpc'
import type { TObject } from '@hero/rpc'
import { ProcError } from './errors.js'
import { completeReadiness, READINESS_SCHEMA, READY_AT_ONCE } from './service-readiness.js'
import type { ReadinessInput, ServiceReadiness } from './service-readiness.js'

/** Signals that may ask a service to stop. */
export const STOP_SIGNALS = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGKILL',
] as const
export type StopSignal = (typeof STOP_SIGNALS)[number]

/** How output is captured: through a terminal a stream, through pipes, or through one terminal to attach to. */
export const CAPTURE_MODES = ['pty', 'pipe', 'tee'] as const
export type CaptureMode = (typeof CAPTURE_MODES)[number]

/** Which ends of a run are followed by another run. */
export const RESTART_POLICIES = ['always', 'on-failure', 'never'] as const
export type RestartPolicy = (typeof RESTART_POLICIES)[number]

/** What happens to a service when hero_proc itself is killed. */
export const ORPHAN_POLICIES = ['stop', 'keep'] as const
export type OrphanPolicy = (typeof ORPHAN_POLICIES)[number]

/** Resources that can be limited; the names are those of prlimit(1). */
export const LIMITED_RESOURCES = [
  'as',
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nofile',
  'nproc',
  'rss',
  'sigpending',
  'stack',
] as const
export type LimitedResource = (typeof LIMITED_RESOURCES)[number]
export type ResourceLimits = { readonly [Name in LimitedResource]?: number | string }

/** A complete definition. */
export interface ServiceDefinition {
  /** 1 to 128 of `A-Z a-z 0-9 . _ -`, beginning with a letter, a digit or `_`, not ending in `.state`. */
  readonly name: string
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[]
  /** Absolute. Without it the service runs where hero_proc runs. */
  readonly cwd?: string
  /** Added to hero_proc's own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** A name of this system, or `UID` or `UID:GID`. */
  readonly user?: string
  /** Octal digits, such as `027`. Without it hero_proc's own. */
  readonly umask?: string
  /** By resource: a number or `unlimited` for both limits, or `SOFT:HARD`. */
  readonly limits?: ResourceLimits
  readonly capture: CaptureMode
  readonly restart: RestartPolicy
  /** Before the first restart, in milliseconds; doubled each time. 1 to 3,600,000. */
  readonly backoff_min_ms: number
  /** Longest delay before a restart, in milliseconds. 1 to 3,600,000, at least `backoff_min_ms`. */
  readonly backoff_max_ms: number
  /** After this many failed runs in a row it is not started again; 0: never give up. 0 to 1,000,000. */
  readonly give_up_after: number
  readonly stop_signal: StopSignal
  /** From the stop signal to SIGKILL, in milliseconds. 0 to 3,600,000. */
  readonly stop_deadline_ms: number
  /**
   * When hero_proc is killed. `stop`: the kernel sends the stop signal to the service at once. `keep`: it
   * goes on until hero_proc starts again. That start ends what is left of both before it starts anything.
   */
  readonly when_orphaned: OrphanPolicy
  /** Whether it is started together with hero_proc. */
  readonly autostart: boolean
  /** Services that are started before it, and ready. They are stopped after it when all are stopped. */
  readonly depends_on: readonly string[]
  readonly ready: ServiceReadiness
  /** Settings of the log plugin; the supervisor does not look into it, the plugin checks it. */
  readonly log?: Readonly<Record<string, unknown>>
}

/** A definition as it comes in: everything but `name` and `command` has a default. */
export type ServiceDefinitionInput = Pick<ServiceDefinition, 'name' | 'command'> &
  Partial<Omit<ServiceDefinition, 'ready'>> & { readonly ready?: ReadinessInput }

const DEFAULTS: Omit<ServiceDefinition, 'name' | 'command'> = {
  capture: 'pty',
  restart: 'on-failure',
  backoff_min_ms: 250,
  backoff_max_ms: 30_000,
  give_up_after: 0,
  stop_signal: 'SIGTERM',
  stop_deadline_ms: 5_000,
  when_orphaned: 'stop',
  autostart: true,
  depends_on: [],
  ready: READY_AT_ONCE,
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const LONGEST_MS = 3_600_000
const WITHOUT_NUL = '^[^\\u0000]*$'
/** Enough for every service of a machine that one hero_proc can hold. */
const DEPENDENCIES_MAX = 256

const text = Type.String({ pattern: WITHOUT_NUL, description: 'a string without NUL' })
const milliseconds = Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_MS }))
const limit = Type.Union(
  [
    Type.Integer({ minimum: 0 }),
    Type.String({ pattern: '^(?:\\d+|unlimited)(?::(?:\\d+|unlimited))?$' }),
  ],
  { description: 'an integer, "unlimited" or "SOFT:HARD"' },
)

function oneOf(words: readonly string[]): ReturnType<typeof Type.Union> {
  return Type.Union(words.map((word) => Type.Literal(word)))
}

/** The schema of {@link ServiceDefinitionInput}. */
export const SERVICE_DEFINITION_SCHEMA: TObject = closed(
  Type.Object({
    name: Type.String(),
    command: Type.Array(text, { minItems: 1, maxItems: 4_096 }),
    cwd: Type.Optional(Type.String({ pattern: '^/[^\\u0000]*$', description: 'an absolute path' })),
    env: Type.Optional(Type.Record(Type.String(), text)),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    umask: Type.Optional(
      Type.String({ pattern: '^0?[0-7]{1,3}$', description: 'octal digits such as "027"' }),
    ),
    limits: Type.Optional(
      Type.Object(
        Object.fromEntries(LIMITED_RESOURCES.map((name) => [name, Type.Optional(limit)])),
        {
          additionalProperties: false,
        },
      ),
    ),
    capture: Type.Optional(oneOf(CAPTURE_MODES)),
    restart: Type.Optional(oneOf(RESTART_POLICIES)),
    backoff_min_ms: milliseconds,
    backoff_max_ms: milliseconds,
    give_up_after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    stop_signal: Type.Optional(oneOf(STOP_SIGNALS)),
    stop_deadline_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_MS })),
    when_orphaned: Type.Optional(oneOf(ORPHAN_POLICIES)),
    autostart: Type.Optional(Type.Boolean()),
    depends_on: Type.Optional(Type.Array(Type.String(), { maxItems: DEPENDENCIES_MAX })),
    ready: Type.Optional(READINESS_SCHEMA),
    log: Type.Optional(Type.Object({}, { additionalProperties: true })),
  }),
)

const validate = compileSchema(SERVICE_DEFINITION_SCHEMA, 'definition')

/**
 * Checks a definition and completes it.
 *
 * @throws {ProcError} `InvalidParams`, with what was expected and what came.
 */
export function parseServiceDefinition(input: unknown): ServiceDefinition {
  const fault = validate(input)
  if (fault !== undefined) throw new ProcError('InvalidParams', fault)
  const given = Object.entries(input as object).filter(([, value]) => value !== undefined)
  const definition = { ...DEFAULTS, ...Object.fromEntries(given) } as ServiceDefinition
  checkServiceName(definition.name)
  if (definition.command[0] === '') throw wrong('command.0 to be a program', '""')
  for (const key of Object.keys(definition.env ?? {})) {
    if (key === '' || /[=\0]/.test(key)) throw wrong('env to have names without "="', show(key))
  }
  const { backoff_min_ms: least, backoff_max_ms: most } = definition
  if (most < least)
    throw wrong(`backoff_max_ms to be at least backoff_min_ms (${least})`, `${most}`)
  for (const name of definition.depends_on) checkServiceName(name)
  return { ...definition, ready: completeReadiness(definition.ready) }
}

/**
 * Returns the name if a service may have it.
 *
 * @throws {ProcError} `InvalidParams`
 */
export function checkServiceName(name: string): string {
  // A service `x.state` would have its definition where the state of `x` is.
  if (NAME.test(name) && !name.endsWith('.state')) return name
  throw new ProcError('InvalidParams', `Expected a service name, got ${show(name)}`, {
    hint: 'Use 1 to 128 of A-Z a-z 0-9 . _ - and begin with a letter, a digit or _; not ending in .state',
  })
}

function wrong(expected: string, got: string): ProcError {
  return new ProcError('InvalidParams', `Expected definition.${expected}, got ${got}`)
}

function show(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
}
