// `service.logs`: the newest lines of a service, with those of its log files.
import { toWire } from '@hero/logs'
import type { Logs } from '@hero/logs'
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { ENTRY_SCHEMA } from './entry-schema.js'
import { refusing } from './invalid-params.js'
import { newest } from './newest.js'

const LINES_DEFAULT = 200

/** Declares the method over an open store. */
export function serviceLogsMethod(logs: Logs): MethodDefinition {
  return defineMethod({
    name: 'service.logs',
    summary: 'Gives the newest entries of a service and of its log files, oldest first.',
    params: Type.Object({
      name: Type.String(),
      lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    }),
    result: Type.Object({
      entries: Type.Array(ENTRY_SCHEMA),
      cursor: Type.Union([Type.String(), Type.Null()]),
    }),
    handler: async ({ name, lines = LINES_DEFAULT }) => {
      const files = logs.sources().map(({ source }) => source)
      const sources = [name, ...files.filter((source) => source.startsWith(`${name}:`))]
      const { entries } = await refusing(() => newest(logs, sources, lines))
      const wire = entries.map((entry) => toWire(entry, logs.storeId))
      return { entries: wire, cursor: wire.at(-1)?.cursor ?? null }
    },
  })
}
