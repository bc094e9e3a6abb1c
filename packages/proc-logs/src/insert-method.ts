// `logs.insert`: entries of one source from a producer that speaks records.
import type { Logs } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { refusing } from './invalid-params.js'
import { readRecord } from './record.js'

const INSERT_ENTRIES_MAX = 10_000

interface InsertError {
  readonly index: number
  readonly code: string
  readonly message: string
}

/** Declares the method over an open store. */
export function createInsertMethod(logs: Logs): MethodDefinition {
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
      errors: Type.Optional(
        Type.Array(
          Type.Object({ index: Type.Integer(), code: Type.String(), message: Type.String() }),
        ),
      ),
    }),
    handler: async ({ source, entries, ack = 'queued' }) => {
      const sink = await refusing(() => logs.sink({ source, origin: 'rpc' }))
      const errors: InsertError[] = []
      const seqs: number[] = []
      let accepted = 0
      for (const [index, entry] of entries.entries()) {
        try {
          const { seq, dropped } = sink.write(readRecord(entry))
          seqs.push(seq)
          if (dropped === undefined) accepted += 1
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
