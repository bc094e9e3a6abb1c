// The RPC methods of the log library.
import { toWire } from '@hero/logs'
import type { Entry, Logs, LogRecord, SourceSettings } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { toMicros, toQuery } from './filters.js'
import { refusing } from './invalid-params.js'

const TAIL_LINES_DEFAULT = 200
const INSERT_ENTRIES_MAX = 10_000
const entriesSchema = Type.Array(Type.Unknown())

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
    insertMethod(logs),
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

interface InsertError {
  readonly index: number
  readonly code: string
  readonly message: string
}

function insertMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'logs.insert',
    summary: 'Inserts entries of one source; bad ones are named, good ones are kept.',
    params: Type.Object({
      source: Type.String(),
      entries: Type.Array(Type.Unknown(), { minItems: 1, maxItems: INSERT_ENTRIES_MAX }),
      ack: Type.Optional(Type.Union([Type.Literal('queued'), Type.Literal('commit')])),
    }),
    result: Type.Object({
      accepted: Type.Integer(),
      dropped: Type.Integer(),
      first_seq: Type.Union([Type.Integer(), Type.Null()]),
      last_seq: Type.Union([Type.Integer(), Type.Null()]),
      errors: Type.Optional(Type.Array(Type.Unknown())),
    }),
    handler: async ({ source, entries, ack = 'queued' }) => {
      const sink = logs.sink({ source, origin: 'rpc' })
      const errors: InsertError[] = []
      const seqs: number[] = []
      let accepted = 0
      for (const [index, entry] of entries.entries()) {
        try {
          const { seq, dropped } = sink.write(toRecord(entry))
          seqs.push(seq)
          if (dropped === undefined) accepted++
        } catch (error) {
          errors.push({ index, code: 'InvalidEntry', message: (error as Error).message })
        }
      }
      if (ack === 'commit') await logs.sync()
      return {
        accepted,
        dropped: seqs.length - accepted,
        first_seq: seqs[0] ?? null,
        last_seq: seqs.at(-1) ?? null,
        ...(errors.length === 0 ? {} : { errors }),
      }
    },
  })
}

function toRecord(entry: unknown): LogRecord {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new TypeError(`Expected an entry to be an object, got ${JSON.stringify(entry)}`)
  }
  const { text_b64, ts, ...same } = entry as Record<string, unknown>
  if ('run' in same) throw new TypeError('Unknown record key "run"')
  return {
    ...(same as LogRecord),
    ...(text_b64 === undefined ? {} : { bytes: fromBase64(text_b64) }),
    ...(ts === undefined ? {} : { ts: toMicros(ts as string | number, 'ts') }),
  }
}

function fromBase64(text: unknown): Uint8Array {
  if (typeof text === 'string') {
    const bytes = Buffer.from(text, 'base64')
    if (bytes.toString('base64') === text) return bytes
  }
  throw new TypeError('Expected text_b64 to be base64')
}
