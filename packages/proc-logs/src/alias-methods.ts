// hero_logger's own methods, for its clients: thin, over the same store.
import { LEVELS, parseLevelName, toWire } from '@hero/logs'
import type { Entry, Level, Logs } from '@hero/logs'
import { defineMethod, RPC_CODES, RpcError, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import { toMicros } from './filters.js'
import { refusing } from './invalid-params.js'
import { SERVING_LIMITS } from './serving-limits.js'

const time = Type.Union([Type.String(), Type.Number()], {
  description: 'RFC 3339, or microseconds since the epoch',
})

/** Declares `log`, `load`, `list_sources` and `clear` over an open store. */
export function createAliasMethods(logs: Logs): readonly MethodDefinition[] {
  return [
    defineMethod({
      name: 'log',
      summary: 'Writes one entry.',
      params: Type.Object({
        id: Type.String({ description: 'a source name' }),
        level: Type.String({ description: 'a level' }),
        msg: Type.String(),
        ts: Type.Optional(time),
      }),
      result: Type.Object({ ok: Type.Boolean(), seq: Type.Integer() }),
      handler: ({ id, level, msg, ts }) =>
        refusing(() => {
          const sink = logs.sink({ source: id, origin: 'rpc' })
          const at = ts === undefined ? {} : { ts: toMicros(ts, 'ts') }
          const { seq, dropped } = sink.write({ text: msg, level: levelOf(level), ...at })
          return { ok: dropped === undefined, seq }
        }),
    }),
    defineMethod({
      name: 'load',
      summary: 'Gives a page of one source, oldest first.',
      params: Type.Object({
        id: Type.String({ description: 'a source name' }),
        limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
        offset: Type.Optional(Type.Integer({ minimum: 0, maximum: SERVING_LIMITS.loadOffsetMax })),
      }),
      result: Type.Object({
        id: Type.String(),
        offset: Type.Integer(),
        entries: Type.Array(
          Type.Object({
            id: Type.String(),
            level: Type.String(),
            msg: Type.String(),
            ts: Type.String(),
            cursor: Type.String(),
          }),
        ),
        next_offset: Type.Union([Type.Integer(), Type.Null()]),
      }),
      handler: async ({ id, limit, offset = 0 }) => {
        const { entries, isEnd } = await refusing(() => loadPage(logs, id, limit, offset))
        return {
          id,
          offset,
          entries: entries.map((entry) => toOwnShape(entry, logs)),
          next_offset: isEnd ? null : offset + entries.length,
        }
      },
    }),
    defineMethod({
      name: 'list_sources',
      summary: 'Gives the names of all sources.',
      params: Type.Object({}),
      result: Type.Object({ sources: Type.Array(Type.String()) }),
      handler: () => ({
        sources: logs
          .sources()
          .map(({ source }) => source)
          .toSorted(),
      }),
    }),
    defineMethod({
      name: 'clear',
      summary: 'Removes all entries of one source; its numbers go on.',
      params: Type.Object({ id: Type.String({ description: 'a source name' }) }),
      result: Type.Object({ id: Type.String(), cleared: Type.Integer() }),
      handler: async ({ id }) => {
        const { lines } = await refusing(() => logs.clear(id))
        return { id, cleared: lines }
      },
    }),
  ]
}

function levelOf(name: string): Level {
  const level = parseLevelName(name)
  if (level !== undefined) return level
  const message = `Expected level to be one of ${LEVELS.join(', ')}, got ${JSON.stringify(name)}`
  throw new RpcError(RPC_CODES.InvalidParams, message)
}

/** Counts entries from the oldest one on: what is written meanwhile moves nothing. */
async function loadPage(
  logs: Logs,
  source: string,
  limit: number,
  offset: number,
): Promise<{ readonly entries: readonly Entry[]; readonly isEnd: boolean }> {
  const entries: Entry[] = []
  let [skip, after] = [offset, undefined as string | undefined]
  for (;;) {
    const left = skip + limit - entries.length
    const at = after === undefined ? {} : { after }
    const page = await logs.query({ sources: [source], ...at, limit: Math.min(left, 10_000) })
    entries.push(...page.entries.slice(skip))
    skip = Math.max(0, skip - page.entries.length)
    after = page.next_cursor ?? undefined
    if (after === undefined || entries.length >= limit) {
      return { entries, isEnd: after === undefined }
    }
  }
}

function toOwnShape(
  entry: Entry,
  logs: Logs,
): Record<'id' | 'level' | 'msg' | 'ts' | 'cursor', string> {
  const { ts, source, level = 'none', text, text_b64 = '', cursor } = toWire(entry, logs.storeId)
  // hero_logger knows text only: bytes that are none are shown as well as can be.
  const msg = text ?? Buffer.from(text_b64, 'base64').toString()
  return { id: source, level, msg, ts, cursor }
}
