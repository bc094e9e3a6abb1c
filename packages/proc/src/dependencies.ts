// The order that dependencies give. Names only: what is started and stopped is the supervisor's.
import { ProcError } from './errors.js'

/** What is known of a service here. */
export interface Dependent {
  readonly name: string
  readonly depends_on: readonly string[]
}

/**
 * Refuses dependencies that lead back to where they began, or to nothing.
 *
 * @param checked Those whose own dependencies must be there. A service whose dependency has a damaged file
 * is no reason to refuse another one. @default all
 * @throws {ProcError} `InvalidParams` naming the cycle; `NotFound` naming what is missing.
 */
export function checkDependencies(
  services: readonly Dependent[],
  checked: readonly Dependent[] = services,
): void {
  const names = new Set(services.map(({ name }) => name))
  for (const { name, depends_on } of checked) {
    for (const one of depends_on) {
      if (names.has(one)) continue
      throw new ProcError('NotFound', `Service ${name} depends on ${one}, which is not defined`, {
        hint: `Define ${one} first`,
      })
    }
  }
  const cycle = findCycle(services)
  if (cycle === undefined) return
  throw new ProcError('InvalidParams', `Services depend on each other: ${cycle.join(' -> ')}`)
}

/** Names of those that depend directly on a service. */
export function dependentsOf(name: string, services: readonly Dependent[]): string[] {
  return services.filter(({ depends_on }) => depends_on.includes(name)).map((one) => one.name)
}

/** A path that ends where it begins; undefined if there is none. */
export function findCycle(services: readonly Dependent[]): string[] | undefined {
  const byName = new Map(services.map((service) => [service.name, service]))
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(name)
    if (at >= 0) return [...path.slice(at), name]
    if (done.has(name)) return undefined
    for (const next of byName.get(name)?.depends_on ?? []) {
      const cycle = visit(next, [...path, name])
      if (cycle !== undefined) return cycle
    }
    done.add(name)
    return undefined
  }
  for (const name of byName.keys()) {
    const cycle = visit(name, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
