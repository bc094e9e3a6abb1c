// The RPC methods that put entries in and change how a source is taken.
import type { LogRecord, Logs, SourceSettings } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { toMicros } from './filters.js'
import { refusing } from './invalid-params.js'

const INSERT_ENTRIES_MAX = 10_000

interface InsertError {
  readonly index: number
  readonly code: string
  readonly message: string
}

/** Declares `logs.insert`. */
export function insertMethod(logs: Logs): MethodDefinition {
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

/** Declares `log_batcher.configure`. */
export function configureMethod(logs: Logs): MethodDefinition {
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
