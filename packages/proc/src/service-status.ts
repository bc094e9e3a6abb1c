// What the supervisor says about a service, as it is sent and shown.
import { Type } from '@hero/rpc'
import type { TSchema } from '@hero/rpc'
import type { RunError, ServiceState } from './plugin.js'
import { SERVICE_STATES } from './plugin.js'
import { SERVICE_DEFINITION_SCHEMA } from './service-definition.js'
import type { ServiceDefinition } from './service-definition.js'

/** The end of a service's last run. */
export interface LastExit {
  readonly run: number
  readonly code: number | null
  readonly signal: string | null
  /** True if a process that left the group still held the output. */
  readonly escaped: boolean
  /** Microseconds since the epoch. */
  readonly ended_ts: number
  readonly duration_ms: number
  /** Why it never began. */
  readonly error?: RunError
}

/** A service and what it does now. */
export interface ServiceStatus {
  readonly name: string
  readonly state: ServiceState
  readonly pid: number | null
  /** The current run, or the last one since hero_proc started. */
  readonly run: number | null
  /** Of the current run, in microseconds since the epoch. */
  readonly started_ts: number | null
  /** When the back-off ends, in microseconds since the epoch. */
  readonly next_start_ts: number | null
  /** Starts by the policy since the last start by a caller. */
  readonly restarts: number
  readonly last_exit: LastExit | null
  readonly definition: ServiceDefinition
}

function nullable(schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()])
}

/** The schema of {@link ServiceStatus}. */
export const SERVICE_STATUS_SCHEMA: TSchema = Type.Object({
  name: Type.String(),
  state: Type.Union(SERVICE_STATES.map((state) => Type.Literal(state))),
  pid: nullable(Type.Integer()),
  run: nullable(Type.Integer()),
  started_ts: nullable(Type.Integer()),
  next_start_ts: nullable(Type.Integer()),
  restarts: Type.Integer(),
  last_exit: nullable(
    Type.Object({
      run: Type.Integer(),
      code: nullable(Type.Integer()),
      signal: nullable(Type.String()),
      escaped: Type.Boolean(),
      ended_ts: Type.Integer(),
      duration_ms: Type.Integer(),
      error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    }),
  ),
  definition: SERVICE_DEFINITION_SCHEMA,
})
