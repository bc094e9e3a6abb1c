// What a new set of definitions changes in an old one.
import { isDeepStrictEqual } from 'node:util'
import type { ServiceDefinition } from './service-definition.js'

/** What a reload has changed, by names of services. */
export interface ConfigChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** With the keys that differ. They were stopped, and started again if they had been running. */
  readonly changed: readonly { readonly name: string; readonly keys: readonly string[] }[]
  readonly unchanged: readonly string[]
}

/** Compares two sets. */
export function compareDefinitions(
  before: readonly ServiceDefinition[],
  after: readonly ServiceDefinition[],
): ConfigChanges {
  const old = new Map(before.map((definition) => [definition.name, definition]))
  const names = new Set(after.map(({ name }) => name))
  const kept = after.flatMap((definition) => {
    const previous = old.get(definition.name)
    return previous === undefined
      ? []
      : [{ name: definition.name, keys: differentKeys(previous, definition) }]
  })
  return {
    added: after.map(({ name }) => name).filter((name) => !old.has(name)),
    removed: before.map(({ name }) => name).filter((name) => !names.has(name)),
    changed: kept.filter(({ keys }) => keys.length > 0),
    unchanged: kept.filter(({ keys }) => keys.length === 0).map(({ name }) => name),
  }
}

function differentKeys(before: ServiceDefinition, after: ServiceDefinition): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<
    keyof ServiceDefinition
  >
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key])).toSorted()
}
