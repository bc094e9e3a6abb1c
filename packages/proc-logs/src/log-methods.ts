// The RPC methods of the log library.
import { toWire } from '@hero/logs'
import type { Entry, Logs, SourceSettings } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { ENTRY_SCHEMA } from './entry-schema.js'
import { toQuery } from './filters.js'
import { createInsertMethod } from './insert-method.js'
import { refusing } from './invalid-params.js'

const TAIL_LINES_DEFAULT = 200
const entriesSchema = Type.Array(Type.Unsafe<unknown>(ENTRY_SCHEMA))

/** A time: RFC 3339, or microseconds since the epoch. */
const timeSchema = Type.Union([Type.String(), Type.Number()], {
  description: 'RFC 3339, or microseconds since the epoch',
})
const names = Type.Optional(Type.Array(Type.String()))

/** Filters shared by all reading methods. */
const filterSchemas = {
  sources: names,
  origins: names,
  streams: names,
  levels: names,
  runs: Type.Optional(Type.Union([Type.Array(Type.Integer()), Type.Literal('last')])),
  since: Type.Optional(timeSchema),
  contains: Type.Optional(Type.String()),
  regex: Type.Optional(Type.String()),
}

const pageSchemas = {
  until: Type.Optional(timeSchema),
  after: Type.Optional(Type.String({ description: 'cursor' })),
  before: Type.Optional(Type.String({ description: 'cursor' })),
  order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
}

/** Declares `logs.*` and `log_batcher.stats` over an open store. */
export function createLogMethods(logs: Logs): readonly MethodDefinition[] {
  const toWireAll = (entries: readonly Entry[]): unknown[] =>
    entries.map((entry) => toWire(entry, logs.storeId))
  const tailMethod = (name: string): MethodDefinition =>
    defineMethod({
      name,
      summary: 'Returns the newest entries of one or more sources, oldest first.',
      params: Type.Object({
        source: Type.Optional(Type.String()),
        sources: Type.Optional(Type.Array(Type.String())),
        lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      }),
      result: Type.Object({
        entries: entriesSchema,
        cursor: Type.Union([Type.String(), Type.Null()]),
      }),
      handler: async ({ source, sources = [], lines = TAIL_LINES_DEFAULT }) => {
        const wanted = source === undefined ? sources : [source, ...sources]
        const { entries } = await refusing(() =>
          logs.query({ sources: wanted, order: 'desc', limit: lines }),
        )
        const wire = toWireAll(entries.toReversed()) as { cursor: string }[]
        return { entries: wire, cursor: wire.at(-1)?.cursor ?? null }
      },
    })
  return [
    defineMethod({
      name: 'logs.query',
      summary: 'Returns one page of the entries that match.',
      params: Type.Object({ ...filterSchemas, ...pageSchemas }),
      result: Type.Object({
        entries: entriesSchema,
        next_cursor: Type.Union([Type.String(), Type.Null()]),
        scanned_lines: Type.Integer(),
        complete: Type.Boolean(),
      }),
      handler: async (params) => {
        const page = await refusing(() => logs.query(toQuery(params)))
        return { ...page, entries: toWireAll(page.entries) }
      },
    }),
    tailMethod('logs.tail'),
    tailMethod('logs_tail'),
    defineMethod({
      name: 'logs.sources',
      summary: 'Lists the sources with their accounts.',
      params: Type.Object({}),
      result: Type.Object({ sources: Type.Array(Type.Unknown()) }),
      handler: () => ({ sources: logs.sources() }),
    }),
    defineMethod({
      name: 'logs.sync',
      summary: 'Answers when everything received before is committed.',
      params: Type.Object({}),
      result: Type.Object({}),
      handler: async () => {
        await logs.sync()
        return {}
      },
    }),
    createInsertMethod(logs),
    configureMethod(logs),
    defineMethod({
      name: 'log_batcher.stats',
      summary: 'Returns the accounts of every producer and the figures of queue, flush and store.',
      params: Type.Object({}),
      result: Type.Unknown(),
      handler: () => logs.stats(),
    }),
  ]
}

function configureMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'log_batcher.configure',
    summary: 'Changes settings of a source while it runs; answers with those in force.',
    params: Type.Object({
      source: Type.String(),
      overflow: Type.Optional(Type.String()),
      rate_limit: Type.Optional(
        Type.Union([
          Type.Object({ lines_per_second: Type.Integer(), burst: Type.Optional(Type.Integer()) }),
          Type.Null(),
        ]),
      ),
      coalesce: Type.Optional(Type.Boolean()),
    }),
    result: Type.Unknown(),
    handler: ({ source, ...settings }) =>
      refusing(() => logs.configure(source, settings as SourceSettings)),
  })
}
