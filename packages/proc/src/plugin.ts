// The seam between the supervisor and what is plugged into it. A plugin may add methods, routes and
// health, and is told what happens to runs. The supervisor knows nothing of what a plugin does with it.
//
//   runStarting ─► (spawn) ─► runStarted ─► onLines ... onLines ─► runEnded ─► `exited` event
//        └─ the spawn fails ──────────────────────────────────────────▲
//
// A plugin's error never reaches a service: it is reported, and the others go on.
import type { LineRegion } from '@hero/capture'
import type { AuditedCall, MethodDefinition, MetricFamily, Route, SocketRoute } from '@hero/rpc'
import type { ServiceDefinition } from './service-definition.js'

/** One life of a service. */
export interface RunInfo {
  readonly service: string
  /** From 1, never used twice for a name. */
  readonly run: number
  /**
   * How its output is captured. What the definition asks for until `runStarted`; from then on what it
   * got: `stdio` if terminals and pipes of our own are not to be had here.
   */
  readonly mode: 'pty' | 'pipe' | 'tee' | 'stdio'
  readonly definition: ServiceDefinition
  /** Microseconds since the epoch. */
  readonly startedTs: number
  /** Undefined before `runStarted`, and for ever if the spawn fails. */
  readonly pid: number | undefined
}

/** How a run ended. Without a code and a signal it never began: `error` says why. */
export interface RunExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Processes that it had started still held its output when the first one had exited. */
  readonly orphans: boolean
  /** True if a process that left the group still holds the output: lines may come after the end. */
  readonly escaped: boolean
  /** Microseconds since the epoch. */
  readonly endedTs: number
  /** Milliseconds from start to end. */
  readonly durationMs: number
  readonly error?: RunError
}

/** Why a run never began. */
export interface RunError {
  /** `CommandNotFound`, `CommandNotExecutable`, `SpawnFailed`, or the code of what went wrong before. */
  readonly code: string
  readonly message: string
}

/** What a plugin does with the lines of one run. */
export interface RunConsumer {
  /**
   * Takes lines of the run; the region's bytes are only valid during the call. After a run that ended
   * with `escaped` it may be called again, until the service starts the next run or is deleted.
   */
  onLines(region: LineRegion): void
}

/** Holds a run's output back, for example because a queue is full. The run may block on its output. */
export interface RunControls {
  pause(): void
  resume(): void
}

/** What a run has used, as far as somebody has looked. */
export interface RunUsage {
  /** Processor time of all its processes, in milliseconds. */
  readonly cpu_ms: number
  /** Largest share of one processor between two looks, in percent; more than 100 with several. */
  readonly cpu_percent_peak: number
  /** Most memory that was resident at a time, in bytes. */
  readonly memory_peak_bytes: number
}

/** States of a service. */
export const SERVICE_STATES = [
  'stopped',
  'starting',
  'running',
  'stopping',
  'backoff',
  'failed',
] as const
export type ServiceState = (typeof SERVICE_STATES)[number]

/** What happens in the supervisor. */
export type SupervisorEvent =
  | { readonly type: 'added' | 'deleted'; readonly service: string }
  | { readonly type: 'state'; readonly service: string; readonly state: ServiceState }
  /** It failed so often in a row that it is not started again. */
  | { readonly type: 'gave_up'; readonly service: string; readonly failures: number }
  /** A run was going on when hero_proc was killed; told at the next start. */
  | { readonly type: 'cut_off'; readonly service: string; readonly run: number }
  /** Processes of a service that had outlived it were ended. */
  | {
      readonly type: 'orphans_ended'
      readonly service: string
      readonly pids: readonly number[]
    }
  | { readonly type: 'started'; readonly service: string; readonly run: RunInfo }
  /** Comes after every plugin's `runEnded`. */
  | {
      readonly type: 'exited'
      readonly service: string
      readonly run: RunInfo
      readonly exit: RunExit
    }
  /** A file of a definition that cannot be used. */
  | { readonly type: 'skipped'; readonly file: string; readonly reason: string }

export interface PluginHealth {
  readonly ok: boolean
  readonly detail: string
}

/** What can be plugged into the supervisor. Everything but the name is optional. */
export interface Plugin {
  readonly name: string
  readonly methods?: readonly MethodDefinition[]
  readonly routes?: readonly Route[]
  readonly sockets?: readonly SocketRoute[]
  /** Figures of this moment, for `GET /metrics`. */
  metrics?(): readonly MetricFamily[]
  /** Told of every call, of any plugin's methods, that does more than read. */
  audit?(call: AuditedCall): void
  health?(): Promise<PluginHealth>
  /**
   * Checks its part of a definition before it is accepted: throws a TypeError or RangeError that says what
   * was expected and what came.
   */
  checkDefinition?(definition: ServiceDefinition): void
  /** What it knows that helps when a service has trouble. JSON. */
  troubleshoot?(service: string): Promise<unknown>
  /** What it has seen a run use so far. */
  runUsage?(service: string): RunUsage | undefined
  /** A run is about to be spawned. Returns a consumer to get its lines. */
  runStarting?(run: RunInfo, controls: RunControls): RunConsumer | undefined
  /** The run has a pid. */
  runStarted?(run: RunInfo): void
  /**
   * The run has ended and its last line was handed over, or it never began (`exit.error`). The end is
   * announced, and the next run started, when all plugins have resolved.
   */
  runEnded?(run: RunInfo, exit: RunExit): Promise<void>
  supervisorEvent?(event: SupervisorEvent): void
  /** All services have stopped; nothing will be called after this. */
  close?(): Promise<void>
}
