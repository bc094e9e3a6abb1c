// One life of a service: spawned through capture, watched by the plugins, ended behind the exit barrier.
import { startCapture } from '@hero/capture'
import type { Capture, CaptureOptions, LineRegion } from '@hero/capture'
import { codeOf, messageOf } from './errors.js'
import { launcherOf } from './launcher.js'
import { OutputGate } from './output-gate.js'
import type { PluginHost } from './plugin-host.js'
import type { RunError, RunExit, RunInfo } from './plugin.js'
import { MARKS } from './process-table.js'
import { createReadiness } from './readiness.js'
import type { Readiness } from './readiness.js'
import type { ServiceDefinition } from './service-definition.js'
import { resolveUser } from './user.js'

/** What every run's capture is given unless the definition says otherwise. */
export type CaptureDefaults = Pick<
  CaptureOptions,
  | 'clock'
  | 'columns'
  | 'drainDeadlineMs'
  | 'killGraceMs'
  | 'lineBytesMax'
  | 'partialFlushMs'
  | 'rows'
>

/** What only a run in the foreground has. */
export type ForegroundOptions = Pick<CaptureOptions, 'onData' | 'stdin'>

export interface StartRunOptions {
  readonly definition: ServiceDefinition
  readonly run: number
  readonly host: PluginHost
  /** Id of the data dir, by which the run's processes are known again. */
  readonly owner: string
  readonly capture: CaptureDefaults & ForegroundOptions
}

/** A run that was started, or could not be. */
export interface Run {
  readonly info: RunInfo
  /** Why it never began. */
  readonly failure: RunError | undefined
  /** Resolves when it is ready as its definition says; gives up when the signal aborts. Never rejects. */
  ready(signal: AbortSignal): Promise<void>
  /** The process is gone. Never rejects. */
  readonly exited: Promise<unknown>
  /** Every plugin has let go of it. Never rejects. */
  readonly ended: Promise<RunExit>
  /** Sends a signal to the run's process group; nothing happens if there is none left. */
  signal(name: NodeJS.Signals): void
  /** Types into its terminal; false if there is none or it takes no more. */
  write(bytes: Uint8Array): boolean
  resize(columns: number, rows: number): void
  /** Gives up the output of processes that escaped. Safe to call twice. */
  release(): Promise<void>
}

/** Variables that are hero_proc's own and no business of its services. */
const OWN_VARIABLES = ['HERO_PROC_TOKEN', 'NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC']

/** Spawns a run. A spawn that fails is told to the plugins as well, and gives a run that has ended. */
export async function startRun(options: StartRunOptions): Promise<Run> {
  const { definition, run, host } = options
  const info = {
    service: definition.name,
    run,
    mode: definition.capture as RunInfo['mode'],
    definition,
    startedTs: Date.now() * 1_000,
    pid: undefined as number | undefined,
  }
  const begun = performance.now()
  const gate = new OutputGate()
  const readiness = createReadiness(definition.ready)
  const onLines = both(
    host.runStarting(info, () => gate.controls()),
    readiness.onLines,
  )
  const end = async (how: Partial<RunExit>): Promise<RunExit> => {
    const exit = exitOf(how, performance.now() - begun)
    await host.runEnded(info, exit)
    return exit
  }
  let capture: Capture
  try {
    capture = await startCapture({
      ...options.capture,
      ...(await spawnOptions(options, readiness)),
      onLines,
    })
  } catch (error) {
    return failedRun(info, error, end)
  }
  gate.attach(capture)
  info.pid = capture.pid
  info.mode = capture.mode
  host.runStarted(info)
  return liveRun({ info, capture, readiness, end })
}

type LineTaker = (region: LineRegion) => void

function both(first: LineTaker, second: LineTaker | undefined): LineTaker {
  if (second === undefined) return first
  return (region) => {
    first(region)
    second(region)
  }
}

function failedRun(
  info: RunInfo,
  error: unknown,
  end: (how: Partial<RunExit>) => Promise<RunExit>,
): Run {
  const failure = { code: codeOf(error) ?? 'SpawnFailed', message: messageOf(error) }
  return {
    info,
    failure,
    ready: () => Promise.resolve(),
    exited: Promise.resolve(),
    ended: end({ error: failure }),
    signal: () => undefined,
    write: () => false,
    resize: () => undefined,
    release: () => Promise.resolve(),
  }
}

interface LiveRun {
  readonly info: RunInfo
  readonly capture: Capture
  readonly readiness: Readiness
  readonly end: (how: Partial<RunExit>) => Promise<RunExit>
}

function liveRun({ info, capture, readiness, end }: LiveRun): Run {
  const { exited } = capture
  let released: Promise<void> | undefined
  const release = (): Promise<void> => (released ??= capture.close())
  const finish = async (): Promise<RunExit> => {
    const how = await exited
    if (!how.escaped) await release()
    return await end(how)
  }
  return {
    info,
    failure: undefined,
    ready: (signal) => readiness.wait(signal),
    exited,
    ended: finish(),
    signal: (name) => void capture.signal(name),
    write: (bytes) => capture.write(bytes),
    resize: (columns, rows) => capture.resize(columns, rows),
    release,
  }
}

function exitOf(how: Partial<RunExit>, durationMs: number): RunExit {
  return {
    code: null,
    signal: null,
    orphans: false,
    escaped: false,
    ...how,
    endedTs: Date.now() * 1_000,
    durationMs: Math.round(durationMs),
  }
}

async function spawnOptions(
  { definition, run, owner }: StartRunOptions,
  { notifyFd, onNotify }: Readiness,
): Promise<Omit<CaptureOptions, 'onLines'>> {
  const { command, cwd, user, capture: mode } = definition
  const [program = '', ...args] = command
  return {
    command: program,
    args,
    mode,
    env: environment(definition, run, owner),
    launcher: launcherOf(definition),
    ...(notifyFd === undefined ? {} : { notifyFd, onNotify }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : await resolveUser(user)),
  }
}

function environment(
  definition: ServiceDefinition,
  run: number,
  owner: string,
): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !OWN_VARIABLES.includes(name)) env[name] = value
  }
  const { name } = definition
  const marks = { [MARKS.owner]: owner, [MARKS.service]: name, [MARKS.run]: String(run) }
  return { ...env, ...definition.env, ...marks }
}
