// The RPC methods of the log library: all of them, and those that read.
import { encodeCursor, formatTimestamp, nameTest, toWire } from '@hero/logs'
import type { Entry, Logs, WireEntry } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { ENTRY_SCHEMA } from './entry-schema.js'
import { BUCKET_SCHEMA, SOURCE_SCHEMA, STATS_SCHEMA } from './figures-schema.js'
import { toQuery } from './filters.js'
import type { WireQuery } from './filters.js'
import { configureMethod, insertMethod } from './insert-methods.js'
import { refusing } from './invalid-params.js'
import { newest } from './newest.js'
import { upkeepMethods } from './upkeep-methods.js'

const TAIL_LINES_DEFAULT = 200
const entriesSchema = Type.Array(Type.Unsafe<unknown>(ENTRY_SCHEMA))
const cursorSchema = Type.Union([Type.String(), Type.Null()])

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
  levels: Type.Optional(
    Type.Union([Type.Array(Type.String()), Type.String()], {
      description: 'names, or one word: error (and more severe), warning..info, none',
    }),
  ),
  runs: Type.Optional(Type.Union([Type.Array(Type.Integer()), Type.Literal('last')])),
  since: Type.Optional(timeSchema),
  until: Type.Optional(timeSchema),
  contains: Type.Optional(Type.String()),
  regex: Type.Optional(Type.String()),
  fields: Type.Optional(
    Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Array(Type.String())], {
      description: "fields that must be equal, or conditions such as 'status>=500'",
    }),
  ),
}

const pageSchemas = {
  after: Type.Optional(Type.String({ description: 'cursor' })),
  before: Type.Optional(Type.String({ description: 'cursor' })),
  order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  context: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  join: Type.Optional(Type.Boolean({ description: 'join the parts of long lines' })),
}

/** Declares `logs.*` and `log_batcher.*` over an open store. */
export function createLogMethods(logs: Logs): readonly MethodDefinition[] {
  return [
    queryMethod(logs),
    tailMethod(logs, 'logs.tail'),
    tailMethod(logs, 'logs_tail'),
    seekMethod(logs),
    sourcesMethod(logs),
    histogramMethod(logs),
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
    insertMethod(logs),
    configureMethod(logs),
    ...upkeepMethods(logs),
    defineMethod({
      name: 'log_batcher.stats',
      summary: 'Returns the accounts of every producer and the figures of queue, flush and store.',
      params: Type.Object({}),
      result: STATS_SCHEMA,
      handler: () => logs.stats(),
    }),
  ]
}

function queryMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'logs.query',
    summary: 'Returns one page of the entries that match.',
    params: Type.Object({ ...filterSchemas, ...pageSchemas }),
    result: Type.Object({
      entries: entriesSchema,
      next_cursor: cursorSchema,
      prev_cursor: cursorSchema,
      scanned_lines: Type.Integer(),
      complete: Type.Boolean(),
      damaged: Type.Optional(Type.Array(Type.Unknown())),
    }),
    handler: async (params) => {
      const { damaged, ...page } = await refusing(() => logs.query(toQuery(params as WireQuery)))
      const missing = damaged === undefined ? {} : { damaged: [...damaged] }
      return { ...page, ...missing, entries: toWireAll(logs, page.entries) }
    },
  })
}

function seekMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'logs.seek',
    summary:
      'Gives the cursor just before a number of the sequence: what comes after it begins there.',
    params: Type.Object({ seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
    result: Type.Object({ cursor: Type.String() }),
    handler: ({ seq }) => ({ cursor: encodeCursor(logs.storeId, seq - 1) }),
  })
}

function sourcesMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'logs.sources',
    summary: 'Lists the sources: their accounts, and what is stored of each.',
    params: Type.Object({
      match: Type.Optional(Type.Array(Type.String(), { description: 'names or patterns with *' })),
    }),
    result: Type.Object({ sources: Type.Array(SOURCE_SCHEMA) }),
    handler: async ({ match }) => {
      const isWanted = await refusing(() => (match === undefined ? () => true : nameTest(match)))
      const sources = (await logs.sourceDetails()).filter(({ source }) => isWanted(source))
      return {
        sources: sources.map(({ first_ts, last_ts, ...same }) => ({
          ...same,
          first_ts: first_ts === null ? null : formatTimestamp(first_ts),
          last_ts: last_ts === null ? null : formatTimestamp(last_ts),
        })),
      }
    },
  })
}

function histogramMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'logs.histogram',
    summary: 'Counts the entries that match by time and level.',
    params: Type.Object({
      ...filterSchemas,
      buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    }),
    result: Type.Object({
      bucket_us: Type.Integer(),
      buckets: Type.Array(BUCKET_SCHEMA),
      scanned_lines: Type.Integer(),
    }),
    handler: async ({ buckets: count, ...filters }, { signal }) => {
      const wanted = count === undefined ? {} : { buckets: count }
      const { buckets, ...counted } = await refusing(() =>
        logs.histogram({ ...toQuery(filters as WireQuery), ...wanted }, { signal }),
      )
      const wire = buckets.map((one) => ({ ...one, ts: formatTimestamp(one.ts) }))
      return { ...counted, buckets: wire }
    },
  })
}

function tailMethod(logs: Logs, name: string): MethodDefinition {
  return defineMethod({
    name,
    summary: 'Returns the newest entries of one or more sources, oldest first.',
    params: Type.Object({
      source: Type.Optional(Type.String()),
      sources: Type.Optional(Type.Array(Type.String())),
      lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    }),
    result: Type.Object({
      entries: entriesSchema,
      cursor: cursorSchema,
      complete: Type.Boolean({ description: 'false if they are too much text for one answer' }),
    }),
    handler: async ({ source, sources, lines = TAIL_LINES_DEFAULT }) => {
      const wanted = source === undefined ? sources : [source, ...(sources ?? [])]
      const { entries, complete } = await refusing(() => newest(logs, wanted, lines))
      const wire = toWireAll(logs, entries)
      return { entries: wire, cursor: wire.at(-1)?.cursor ?? null, complete }
    },
  })
}

function toWireAll(logs: Logs, entries: readonly Entry[]): WireEntry[] {
  return entries.map((entry) => toWire(entry, logs.storeId))
}
