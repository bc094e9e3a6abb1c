// The RPC methods that keep the store in order: what is kept, what goes, and whether all of it is whole.
import type { KeepLimits, Logs } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { refusing } from './invalid-params.js'

/** Declares `logs.clear`, `logs.retention.*`, `logs.vacuum` and `logs.verify`. */
export function upkeepMethods(logs: Logs): readonly MethodDefinition[] {
  return [
    defineMethod({
      name: 'logs.clear',
      summary: 'Hides all lines of a source that were written before, for good.',
      params: Type.Object({ source: Type.String() }),
      result: Type.Object({ lines: Type.Integer(), bytes: Type.Integer() }),
      handler: ({ source }) => refusing(() => logs.clear(source)),
    }),
    defineMethod({
      name: 'logs.retention.get',
      summary: 'Returns what is kept, of the store and of sources that have limits of their own.',
      params: Type.Object({}),
      result: Type.Object({ store: Type.Unknown(), sources: Type.Unknown() }),
      handler: () => retentionOf(logs),
    }),
    defineMethod({
      name: 'logs.retention.set',
      summary:
        'Sets what is kept of a source, or of the store; limits that are not given are lifted.',
      params: Type.Object({
        source: Type.Optional(Type.String()),
        lines: limitSchema('newest lines of a source'),
        bytes: limitSchema('of files; of a source: of text'),
        age_ms: limitSchema('milliseconds'),
      }),
      result: Type.Object({ store: Type.Unknown(), sources: Type.Unknown() }),
      handler: async ({ source, age_ms, ...limits }) => {
        const wanted = { ...limits, ...(age_ms === undefined ? {} : { ageMs: age_ms }) }
        await refusing(() => logs.setRetention(source ?? null, wanted))
        return await retentionOf(logs)
      },
    }),
    defineMethod({
      name: 'logs.vacuum',
      summary: 'Removes the oldest partitions now, until the limits that are given hold.',
      params: Type.Object({
        bytes: Type.Optional(Type.Integer()),
        age_ms: Type.Optional(Type.Integer()),
      }),
      result: Type.Object({
        partitions: Type.Integer(),
        lines: Type.Integer(),
        bytes: Type.Integer(),
      }),
      handler: ({ bytes, age_ms }) =>
        refusing(() =>
          logs.vacuum({
            ...(bytes === undefined ? {} : { bytes }),
            ...(age_ms === undefined ? {} : { ageMs: age_ms }),
          }),
        ),
    }),
    defineMethod({
      name: 'logs.verify',
      summary: 'Reads all of the store and names what is not as it was written.',
      params: Type.Object({}),
      result: Type.Object({
        partitions: Type.Integer(),
        blocks: Type.Integer(),
        lines: Type.Integer(),
        damage: Type.Array(Type.Unknown()),
      }),
      handler: async () => {
        const { damage, ...counts } = await logs.verify()
        return { ...counts, damage: [...damage] }
      },
    }),
  ]
}

function limitSchema(description: string) {
  return Type.Optional(Type.Union([Type.Integer(), Type.Null()], { description }))
}

async function retentionOf(logs: Logs): Promise<{ store: unknown; sources: unknown }> {
  const { store, sources } = await logs.retention()
  const named = Object.entries(sources).map(([name, limits]) => [name, toWireLimits(limits)])
  return { store: toWireLimits(store), sources: Object.fromEntries(named) }
}

function toWireLimits({ ageMs, ...limits }: KeepLimits): object {
  return { ...limits, age_ms: ageMs ?? null }
}
