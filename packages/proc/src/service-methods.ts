// The methods of the supervisor itself. Plugins bring their own.
import { annotate, defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition, TSchema } from '@hero/rpc'
import type { ReloadChanges } from './config-changes.js'
import { METHOD_NOTES } from './method-notes.js'
import { SERVICE_DEFINITION_SCHEMA } from './service-definition.js'
import type { ServiceDefinitionInput } from './service-definition.js'
import { checkServiceHealth, SERVICE_HEALTH_SCHEMA } from './service-health.js'
import { SERVICE_INSPECTION_SCHEMA, TROUBLESHOOTING_SCHEMA } from './service-inspection.js'
import { SERVICE_STATUS_SCHEMA } from './service-status.js'
import type { ServiceStatus } from './service-status.js'
import { watchMethods } from './service-watch.js'
import type { Supervisor } from './supervisor.js'

/** What `rpc.health` and `GET /health` answer. */
export interface HeroProcHealth {
  readonly ok: boolean
  /** Of hero_proc itself; it stops on SIGTERM. */
  readonly pid: number
  readonly version: string
  readonly uptime_ms: number
  readonly data_dir: string
  readonly services: { readonly total: number; readonly running: number }
  readonly plugins: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>
}

const HEALTH_SCHEMA: TSchema = Type.Object({
  ok: Type.Boolean(),
  pid: Type.Integer(),
  version: Type.String(),
  uptime_ms: Type.Integer(),
  data_dir: Type.String(),
  services: Type.Object({ total: Type.Integer(), running: Type.Integer() }),
  plugins: Type.Record(Type.String(), Type.Object({ ok: Type.Boolean(), detail: Type.String() })),
})

/** What the methods need beside the supervisor. */
export interface HouseMethods {
  readonly reload: () => Promise<ReloadChanges>
  /** Where services have their sockets. */
  readonly socketDir: string
}

/** Declares `service.*`, `config.reload` and `rpc.health`. */
export function serviceMethods(
  supervisor: Supervisor,
  health: () => Promise<HeroProcHealth>,
  { reload, socketDir }: HouseMethods,
): readonly MethodDefinition[] {
  const methods = [
    healthMethod(health),
    defineMethod({
      name: 'service.list',
      summary: 'Gives every service with its state, sorted by name.',
      params: Type.Object({}),
      result: Type.Object({ services: Type.Array(SERVICE_STATUS_SCHEMA) }),
      handler: () => ({ services: supervisor.list() }),
    }),
    reloadMethod(reload),
    ...watchMethods(supervisor),
    defineMethod({
      name: 'service.health',
      summary: 'Asks every layer of a service how it is: its process, its sockets, its domains.',
      params: Type.Object({ name: Type.String() }),
      result: SERVICE_HEALTH_SCHEMA,
      handler: ({ name }) => checkServiceHealth(supervisor.status(name), socketDir),
    }),
    byName('service.status', 'Gives one service with its state.', (name) =>
      Promise.resolve(supervisor.status(name)),
    ),
    defineMethod({
      name: 'service.inspect',
      summary: 'Gives one service with its last operations and runs.',
      params: Type.Object({ name: Type.String() }),
      result: SERVICE_INSPECTION_SCHEMA,
      handler: ({ name }) => supervisor.inspect(name),
    }),
    defineMethod({
      name: 'service.troubleshoot',
      summary: 'Gives everything that helps with a service in trouble, its last lines included.',
      params: Type.Object({ name: Type.String() }),
      result: TROUBLESHOOTING_SCHEMA,
      handler: async ({ name }) => {
        const found = await supervisor.troubleshoot(name)
        return { ...found, health: await checkServiceHealth(found.status, socketDir) }
      },
    }),
    byName('service.start', 'Starts a service unless it runs.', (name) => supervisor.start(name)),
    byName('service.stop', 'Stops a service and waits for its end.', (name) =>
      supervisor.stop(name),
    ),
    byName('service.restart', 'Stops and starts a service.', (name) => supervisor.restart(name)),
    defineMethod({
      name: 'service.add',
      summary: 'Stores the definition of a service, and starts it if asked to.',
      params: Type.Object({
        definition: SERVICE_DEFINITION_SCHEMA,
        start: Type.Optional(Type.Boolean()),
      }),
      result: SERVICE_STATUS_SCHEMA,
      handler: async ({ definition, start = false }) => {
        const { name } = await supervisor.add(definition as unknown as ServiceDefinitionInput)
        return start ? await supervisor.start(name) : supervisor.status(name)
      },
    }),
    defineMethod({
      name: 'service.delete',
      summary: 'Stops a service and forgets its definition; its logs stay.',
      params: Type.Object({ name: Type.String() }),
      result: Type.Object({ deleted: Type.String() }),
      handler: async ({ name }) => {
        await supervisor.delete(name)
        return { deleted: name }
      },
    }),
  ]
  return annotate(methods, METHOD_NOTES)
}

/** Declares `rpc.health`. */
export function healthMethod(health: () => Promise<HeroProcHealth>): MethodDefinition {
  return defineMethod({
    name: 'rpc.health',
    summary: 'Says whether hero_proc and its plugins are well.',
    params: Type.Object({}),
    result: HEALTH_SCHEMA,
    handler: health,
  })
}

function reloadMethod(reload: () => Promise<ReloadChanges>): MethodDefinition {
  const names = Type.Array(Type.String())
  return defineMethod({
    name: 'config.reload',
    summary: 'Reads the configuration file again and says what has changed.',
    params: Type.Object({}),
    result: Type.Object({
      added: names,
      removed: names,
      changed: Type.Array(Type.Object({ name: Type.String(), keys: names })),
      unchanged: names,
      options: names,
    }) as TSchema,
    handler: reload,
  })
}

function byName(
  name: string,
  summary: string,
  operation: (name: string) => Promise<ServiceStatus>,
): MethodDefinition {
  return defineMethod({
    name,
    summary,
    params: Type.Object({ name: Type.String() }),
    result: SERVICE_STATUS_SCHEMA,
    handler: (params) => operation(params.name),
  })
}
