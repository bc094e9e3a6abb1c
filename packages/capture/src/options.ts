// What a capture can be told, checked at the edge: below it nothing is optional.
import type { LineRegion } from '@hero/logs'
import { wallMicroseconds } from './read-clock.js'

export interface CaptureOptions {
  /** A path, or a name that is looked up in the child's PATH. */
  readonly command: string
  /** @default [] */
  readonly args?: readonly string[]
  /** Working directory. @default that of this process */
  readonly cwd?: string
  /** All of the child's environment. @default that of this process */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** User to run as; needs the right to change it. Integer. @default that of this process */
  readonly uid?: number
  /** Group to run as. Integer. @default that of this process */
  readonly gid?: number
  /**
   * `pty`: stdout and stderr are a terminal each. `pipe`: a pipe each, several times faster. `tee`: one
   * terminal to talk to for stdin, stdout and stderr; all lines are of stdout.
   */
  readonly mode: CaptureMode
  /**
   * Words before the command: programs that set something for themselves and then become the next one.
   * @default []
   */
  readonly launcher?: readonly string[]
  /** A descriptor at which the child tells that it is ready, by a line end. Integer, 3 to 99. */
  readonly notifyFd?: number
  /** Called once, when it has. Must not throw. */
  readonly onNotify?: () => void
  /** `ignore` is /dev/null. @default 'ignore' */
  readonly stdin?: 'ignore' | 'inherit'
  /** Size of the terminals. Integer, 1 to 65,535. @default 120 */
  readonly columns?: number
  /** Integer, 1 to 65,535. @default 40 */
  readonly rows?: number
  /**
   * Bytes of a line without its end; longer ones come in pieces. Integer, 1024 to 1,048,576.
   * @default 65_536
   */
  readonly lineBytesMax?: number
  /**
   * Age in milliseconds at which an unfinished line is handed over as a piece; 0 for never. Integer, up to
   * 3,600,000.
   * @default 2000
   */
  readonly partialFlushMs?: number
  /**
   * How many milliseconds descendants may hold the output after the exit before they are killed. Integer,
   * up to 600,000.
   * @default 1000
   */
  readonly drainDeadlineMs?: number
  /**
   * How many milliseconds to wait for them after that. Integer, up to 600,000.
   * @default 200
   */
  readonly killGraceMs?: number
  /** Gets every line. The bytes are only valid during the call. Must not throw. */
  readonly onLines: (region: LineRegion) => void
  /** Gets every read's bytes before they are cut, for echoing. Only valid during the call. Must not throw. */
  readonly onData?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void
  /** Microseconds since the epoch. @default the wall clock */
  readonly clock?: () => number
}

/** How output is captured. */
export type CaptureMode = 'pty' | 'pipe' | 'tee'
const MODES: readonly unknown[] = ['pty', 'pipe', 'tee']

type Optional = 'cwd' | 'uid' | 'gid' | 'onData' | 'notifyFd' | 'onNotify'

/** Complete: only what may really be absent is undefined. */
export type ResolvedCaptureOptions = Required<Omit<CaptureOptions, Optional>> & {
  readonly [Key in Optional]: CaptureOptions[Key] | undefined
}

interface IntegerRange {
  readonly min: number
  readonly max: number
  readonly fallback?: number
}

/** `uid` and `gid` leave out the kernel's "no change". */
const INTEGERS = {
  uid: { min: 0, max: 0xffff_fffe },
  gid: { min: 0, max: 0xffff_fffe },
  notifyFd: { min: 3, max: 99 },
  columns: { min: 1, max: 65_535, fallback: 120 },
  rows: { min: 1, max: 65_535, fallback: 40 },
  lineBytesMax: { min: 1024, max: 1_048_576, fallback: 65_536 },
  partialFlushMs: { min: 0, max: 3_600_000, fallback: 2000 },
  drainDeadlineMs: { min: 0, max: 600_000, fallback: 1000 },
  killGraceMs: { min: 0, max: 600_000, fallback: 200 },
} as const satisfies Record<string, IntegerRange>

const OTHERS = ['command', 'args', 'cwd', 'env', 'mode', 'stdin', 'launcher', 'clock']
const CALLBACKS = ['onLines', 'onData', 'onNotify']
const KEYS: ReadonlySet<string> = new Set([...Object.keys(INTEGERS), ...OTHERS, ...CALLBACKS])

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} If a key is unknown or a value is of the wrong kind.
 * @throws {RangeError} If a number is out of its range.
 */
export function resolveCaptureOptions(options: CaptureOptions): ResolvedCaptureOptions {
  for (const key of Object.keys(options)) {
    if (!KEYS.has(key)) throw new TypeError(`Unknown option '${key}'`)
  }
  const { command, args = [], cwd, env = process.env, onLines, onData, onNotify, clock } = options
  const { mode, stdin = 'ignore', launcher = [] } = options
  expect(isText(command) && command !== '', 'command', 'a non-empty string without NUL', command)
  expect(Array.isArray(args) && args.every(isText), 'args', 'strings without NUL', args)
  expect(cwd === undefined || isText(cwd), 'cwd', 'a string without NUL', cwd)
  expect(isEnvironment(env), 'env', 'names and strings without NUL', env)
  expect(MODES.includes(mode), 'mode', "'pty', 'pipe' or 'tee'", mode)
  const isLauncher = Array.isArray(launcher) && launcher.every(isText)
  expect(isLauncher, 'launcher', 'strings without NUL', launcher)
  expect(stdin === 'ignore' || stdin === 'inherit', 'stdin', "'ignore' or 'inherit'", stdin)
  expect(typeof onLines === 'function', 'onLines', 'a function', onLines)
  expect(isOptionalFunction(onData), 'onData', 'a function', onData)
  expect(isOptionalFunction(onNotify), 'onNotify', 'a function', onNotify)
  expect(isOptionalFunction(clock), 'clock', 'a function', clock)
  return {
    command,
    args,
    cwd,
    env,
    mode,
    stdin,
    onLines,
    onData,
    onNotify,
    launcher,
    notifyFd: integer(options, 'notifyFd'),
    clock: clock ?? wallMicroseconds,
    uid: integer(options, 'uid'),
    gid: integer(options, 'gid'),
    columns: integer(options, 'columns'),
    rows: integer(options, 'rows'),
    lineBytesMax: integer(options, 'lineBytesMax'),
    partialFlushMs: integer(options, 'partialFlushMs'),
    drainDeadlineMs: integer(options, 'drainDeadlineMs'),
    killGraceMs: integer(options, 'killGraceMs'),
  }
}

type IntegerKey = keyof typeof INTEGERS
type IntegerOf<Key extends IntegerKey> = Key extends Optional ? number | undefined : number

function integer<Key extends IntegerKey>(options: CaptureOptions, key: Key): IntegerOf<Key> {
  const { min, max, fallback }: IntegerRange = INTEGERS[key]
  const value: unknown = options[key]
  if (value === undefined) return fallback as IntegerOf<Key>
  if (typeof value !== 'number') {
    throw new TypeError(`Expected ${key} to be a number, got ${show(value)}`)
  }
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`Expected ${key} to be an integer from ${min} to ${max}, got ${value}`)
  }
  return value as IntegerOf<Key>
}

function isOptionalFunction(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}

function isEnvironment(env: unknown): boolean {
  if (typeof env !== 'object' || env === null) return false
  const pairs = Object.entries(env)
  return pairs.every(([name, value]) => isText(name) && (value === undefined || isText(value)))
}

function expect(isMet: boolean, key: string, expected: string, got: unknown): void {
  if (!isMet) throw new TypeError(`Expected ${key} to be ${expected}, got ${show(got)}`)
}

function show(value: unknown): string {
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value))
}
