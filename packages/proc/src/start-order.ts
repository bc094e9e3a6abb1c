// Starts services behind those that they depend on, and stops them in front of them.
import { dependentsOf } from './dependencies.js'
import { messageOf, ProcError } from './errors.js'
import type { Service } from './service.js'

/** Starts services, each behind those that it depends on. */
export class StartOrder {
  readonly #services: ReadonlyMap<string, Service>
  /** To be started as soon as what they depend on is ready. */
  readonly #waiting = new Set<string>()

  constructor(services: ReadonlyMap<string, Service>) {
    this.#services = services
  }

  /**
   * Starts what a service depends on, side by side, and then the service. What runs already is left alone.
   *
   * @throws {ProcError} `Unavailable` if it or one of the others does not become ready.
   */
  async start(service: Service): Promise<void> {
    const { depends_on } = service.definition
    await service.start(depends_on.length === 0 ? undefined : () => this.#startBefore(service))
  }

  async #startBefore(service: Service): Promise<void> {
    const { name: own, depends_on } = service.definition
    await Promise.all(
      depends_on.map(async (name) => {
        const other = this.#services.get(name)
        if (other === undefined || other.state === 'running') return
        try {
          await this.start(other)
        } catch (error) {
          throw new ProcError(
            'Unavailable',
            `Service ${own} was not started, for it depends on ${name}: ${messageOf(error)}`,
            { details: { service: own, reason: 'DependencyNotReady', dependency: name } },
          )
        }
      }),
    )
  }

  /** Starts several. One that fails is told by its state; one whose dependency fails waits for it. */
  async startSome(services: readonly Service[]): Promise<void> {
    await Promise.all(
      services.map(async (service) => {
        try {
          await this.start(service)
        } catch (error) {
          const reason = (error as ProcError).details?.['reason']
          if (reason === 'DependencyNotReady') this.#waiting.add(service.definition.name)
        }
      }),
    )
  }

  /** To be called when a service has become ready: starts those that waited for it. */
  startWaiting(): void {
    const isReady = (name: string): boolean => this.#services.get(name)?.state === 'running'
    const waiting = [...this.#waiting].flatMap((name) => this.#services.get(name) ?? [])
    const due = waiting.filter(({ definition }) => definition.depends_on.every(isReady))
    for (const { definition } of due) this.#waiting.delete(definition.name)
    if (due.length > 0) void this.startSome(due)
  }

  /** The service waits no more: somebody has started or stopped it, or it is gone. */
  forget(name: string): void {
    this.#waiting.delete(name)
  }
}

/** Closes all services side by side, each behind those that depend on it. Gives one result for each. */
export async function closeInOrder(
  services: readonly Service[],
): Promise<PromiseSettledResult<void>[]> {
  const definitions = services.map(({ definition }) => definition)
  const byName = new Map(services.map((service) => [service.definition.name, service]))
  const closing = new Map<Service, Promise<void>>()
  const close = (service: Service): Promise<void> => {
    const begun = closing.get(service)
    if (begun !== undefined) return begun
    const names = dependentsOf(service.definition.name, definitions)
    const dependents = names.flatMap((name) => byName.get(name) ?? [])
    const closed =
      dependents.length === 0
        ? service.close()
        : Promise.allSettled(dependents.map(close)).then(() => service.close())
    closing.set(service, closed)
    return closed
  }
  return await Promise.allSettled(services.map(close))
}
