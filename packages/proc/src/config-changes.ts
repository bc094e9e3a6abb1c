// What a new set of definitions changes in an old one.
import { isDeepStrictEqual } from 'node:util'
import type { ServiceDefinition } from './service-definition.js'

/** What a new set of definitions has changed, by names of services. */
export interface ConfigChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** With the keys that differ. They were stopped, and started again if they had been running. */
  readonly changed: readonly { readonly name: string; readonly keys: readonly string[] }[]
  readonly unchanged: readonly string[]
}

/** What a reload of the configuration file has changed. */
export interface ReloadChanges extends ConfigChanges {
  /** Options that are other ones than at the start of hero_proc: they hold from its next start. */
  readonly options: readonly string[]
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

/** Names the keys that differ, sorted. */
export function differentKeys(before: object, after: object): string[] {
  const [old, young] = [before, after] as Record<string, unknown>[]
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].filter((key) => !isDeepStrictEqual(old?.[key], young?.[key])).toSorted()
}
