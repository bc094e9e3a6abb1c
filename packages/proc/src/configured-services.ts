// The services of the configuration file: the file says what they are, the data dir does not know them.
import PQueue from 'p-queue'
import { compareDefinitions } from './config-changes.js'
import type { ConfigChanges } from './config-changes.js'
import { checkDependencies } from './dependencies.js'
import type { SupervisorEvent } from './plugin.js'
import type { ServiceDefinition } from './service-definition.js'
import type { Service } from './service.js'
import { closeInOrder } from './start-order.js'

/** What they need of the supervisor. */
export interface ConfiguredHouse {
  readonly services: ReadonlyMap<string, Service>
  /** Refuses what the supervisor or a plugin does not accept. */
  readonly check: (definition: ServiceDefinition) => void
  readonly refuseDouble: (name: string) => void
  readonly make: (definition: ServiceDefinition) => Service
  readonly forget: (name: string) => void
  readonly announce: (event: SupervisorEvent) => void
  readonly start: (services: readonly Service[]) => Promise<void>
}

/** Keeps services as the file has them. */
export class ConfiguredServices {
  readonly #house: ConfiguredHouse
  readonly #names = new Set<string>()
  readonly #queue = new PQueue({ concurrency: 1 })
  /** False until everything is started for the first time. */
  isStarting = false

  constructor(house: ConfiguredHouse) {
    this.#house = house
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** As `Supervisor.configure`; one after the other. */
  async configure(definitions: readonly ServiceDefinition[]): Promise<ConfigChanges> {
    return await this.#queue.add(() => this.#configure(definitions))
  }

  async #configure(definitions: readonly ServiceDefinition[]): Promise<ConfigChanges> {
    const before = this.#check(definitions)
    const changes = compareDefinitions(before, definitions)
    const changed = changes.changed.map(({ name }) => name)
    const leaving = [...changes.removed, ...changed]
    const { services, check, forget, make, announce } = this.#house
    const old = leaving.flatMap((name) => services.get(name) ?? [])
    const active = new Set(old.filter(isActive).map(({ definition }) => definition.name))
    await closeInOrder(old)
    for (const name of leaving) forget(name)
    for (const name of changes.removed) this.#names.delete(name)
    const missing = definitions.filter(({ name }) => !services.has(name))
    // Everything may have been stopped while the old ones were ending.
    missing.forEach(check)
    const coming = missing.map(make)
    for (const { name } of definitions) this.#names.add(name)
    for (const name of changes.added) announce({ type: 'added', service: name })
    for (const name of changes.removed) announce({ type: 'deleted', service: name })
    const due = coming.filter(({ definition: { name, autostart } }) =>
      changes.added.includes(name) ? autostart : active.has(name),
    )
    if (this.isStarting) void this.#house.start(due)
    return changes
  }

  /** Returns the definitions that the file had before. */
  #check(definitions: readonly ServiceDefinition[]): ServiceDefinition[] {
    const { services, check, refuseDouble } = this.#house
    const all = [...services.values()].map(({ definition }) => definition)
    const others = all.filter(({ name }) => !this.#names.has(name))
    for (const definition of definitions) {
      check(definition)
      if (!this.#names.has(definition.name)) refuseDouble(definition.name)
    }
    const dependents = others.filter(({ depends_on }) =>
      depends_on.some((name) => this.#names.has(name)),
    )
    checkDependencies([...others, ...definitions], [...definitions, ...dependents])
    return all.filter(({ name }) => this.#names.has(name))
  }
}

function isActive({ state }: Service): boolean {
  return state === 'starting' || state === 'running' || state === 'backoff'
}
