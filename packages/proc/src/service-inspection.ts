// Everything about one service, as it is sent and shown.
import { Type } from '@hero/rpc'
import type { TSchema } from '@hero/rpc'
import { OPERATION_KINDS, OPERATION_STATES } from './operations.js'
import type { OperationRecord } from './operations.js'
import type { RunRecord } from './run-history.js'
import { SERVICE_HEALTH_SCHEMA } from './service-health.js'
import type { ServiceHealth } from './service-health.js'
import { SERVICE_STATUS_SCHEMA } from './service-status.js'
import type { ServiceStatus } from './service-status.js'

/** A service with what was asked of it and what became of it. */
export interface ServiceInspection {
  readonly status: ServiceStatus
  /** True if the configuration file says what it is. */
  readonly is_configured: boolean
  /** Services that depend on it. */
  readonly dependents: readonly string[]
  /** The last 32, the newest last. */
  readonly operations: readonly OperationRecord[]
  /** The last 32, the newest last; since hero_proc started. */
  readonly runs: readonly RunRecord[]
}

/** An inspection, and what each plugin has to say. */
export interface Troubleshooting extends ServiceInspection {
  readonly health: ServiceHealth
  readonly plugins: Readonly<Record<string, unknown>>
}

function nullable(schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()])
}

function oneOf(words: readonly string[]): TSchema {
  return Type.Union(words.map((word) => Type.Literal(word)))
}

const properties = {
  status: SERVICE_STATUS_SCHEMA,
  is_configured: Type.Boolean(),
  dependents: Type.Array(Type.String()),
  operations: Type.Array(
    Type.Object({
      id: Type.Integer(),
      kind: oneOf(OPERATION_KINDS),
      state: oneOf(OPERATION_STATES),
      asked_ts: Type.Integer(),
      began_ts: nullable(Type.Integer()),
      ended_ts: nullable(Type.Integer()),
      error: Type.Optional(Type.String()),
    }),
  ),
  runs: Type.Array(
    Type.Object({
      run: Type.Integer(),
      pid: nullable(Type.Integer()),
      started_ts: Type.Integer(),
      ended_ts: nullable(Type.Integer()),
      code: nullable(Type.Integer()),
      signal: nullable(Type.String()),
      is_restart: Type.Boolean(),
      usage: nullable(
        Type.Object({
          cpu_ms: Type.Integer(),
          cpu_percent_peak: Type.Number(),
          memory_peak_bytes: Type.Integer(),
        }),
      ),
      error: Type.Optional(Type.String()),
    }),
  ),
}

/** The schema of {@link ServiceInspection}. */
export const SERVICE_INSPECTION_SCHEMA: TSchema = Type.Object(properties)

/** The schema of {@link Troubleshooting}. */
export const TROUBLESHOOTING_SCHEMA: TSchema = Type.Object({
  ...properties,
  health: SERVICE_HEALTH_SCHEMA,
  plugins: Type.Record(Type.String(), Type.Unknown()),
})
