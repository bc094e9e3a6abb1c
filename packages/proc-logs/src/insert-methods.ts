// The RPC methods that put entries in and change how a source is taken.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logs, SourceSettings } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition, RpcContext } from '@hero/rpc'
import { refusing } from './invalid-params.js'
import { RECORD_SCHEMA } from './entry-schema.js'
import { HeldSinks } from './held-sinks.js'
import type { HeldSink, Intake } from './held-sinks.js'
import { readRecord } from './record.js'
import { SERVING_LIMITS } from './serving-limits.js'

const INSERT_ENTRIES_MAX = 10_000
const { insertStepEntries, insertTurnEntries } = SERVING_LIMITS

interface InsertError {
  readonly index: number
  readonly code: string
  readonly message: string
}

/** Declares `logs.insert`. What has no number yet is answered with null. */
export function insertMethod(logs: Intake): MethodDefinition {
  const sinks = new HeldSinks(logs)
  return defineMethod({
    name: 'logs.insert',
    summary: 'Inserts entries of one source; bad ones are named, good ones are kept.',
    params: Type.Object({
      source: Type.String(),
      entries: Type.Array(Type.Unsafe<unknown>(RECORD_SCHEMA), {
        minItems: 1,
        maxItems: INSERT_ENTRIES_MAX,
      }),
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
    handler: async ({ source, entries, ack = 'queued' }, context) => {
      const held = await refusing(() => sinks.of(source))
      const written = await writeAll(held, entries, context)
      if (ack === 'commit') await logs.sync()
      return written
    },
  })
}

interface Written {
  readonly accepted: number
  readonly dropped: number
  readonly first_seq: number | null
  readonly last_seq: number | null
  readonly errors?: InsertError[]
}

/** Writes entries; while the queue is full the caller waits. For one that is gone nothing is done. */
async function writeAll(
  held: HeldSink,
  entries: readonly unknown[],
  context: RpcContext,
): Promise<Written> {
  const errors: InsertError[] = []
  let [accepted, dropped] = [0, 0]
  let [first, last] = [null as number | null, null as number | null]
  for (const [index, entry] of entries.entries()) {
    if (index > 0 && index % insertTurnEntries === 0) await nextTurn()
    if (held.room !== undefined && index % insertStepEntries === 0) {
      await held.room
      if (context.signal.aborted) break
    }
    try {
      const taken = held.sink.write(readRecord(entry))
      if (taken.dropped === undefined) accepted += 1
      else dropped += 1
      first ??= taken.seq < 1 ? null : taken.seq
      last = taken.seq < 1 ? null : taken.seq
    } catch (error) {
      errors.push({ index, code: 'InvalidEntry', message: (error as Error).message })
    }
  }
  const told = errors.length === 0 ? {} : { errors }
  return { accepted, dropped, first_seq: first, last_seq: last, ...told }
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
      redact: Type.Optional(Type.Boolean()),
    }),
    result: Type.Unknown(),
    handler: ({ source, ...settings }) =>
      refusing(() => logs.configure(source, settings as SourceSettings)),
  })
}
