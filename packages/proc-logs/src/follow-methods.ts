// `logs.follow` and `logs.unfollow`: subscriptions over a WebSocket. What a subscription is sent comes as
// notifications: `logs.entries`, `logs.gap` and, at the end, `logs.end`.
import { defineMethod, RPC_CODES, RpcError, toErrorObject, Type } from '@hero/rpc'
import type { MethodDefinition, RpcSession } from '@hero/rpc'
import type { FollowOptions } from '@hero/logs'
import { toQuery } from './filters.js'
import type { WireQuery } from './filters.js'
import { refusing } from './invalid-params.js'
import type { LiveFeeds } from './live/live-feed.js'
import type { LiveItem } from './live/live-item.js'
import { openViewing } from './live/viewer.js'
import type { Viewing, ViewerPort } from './live/viewer.js'
import { SERVING_LIMITS } from './serving-limits.js'

/** The subscriptions of the connections, by what ends with a connection. */
type Subscriptions = WeakMap<AbortSignal, Map<string, AbortController>>

/** Declares both methods over the feeds of a store. */
export function createFollowMethods(feeds: LiveFeeds): readonly MethodDefinition[] {
  const subscriptions: Subscriptions = new WeakMap()
  let lastId = 0
  const names = Type.Optional(Type.Array(Type.String()))
  const text = Type.Optional(Type.String())
  return [
    defineMethod({
      name: 'logs.follow',
      summary: 'Subscribes to entries: history if asked for, then each new one after its commit.',
      needsSession: true,
      params: Type.Object({
        sources: names,
        origins: names,
        streams: names,
        levels: Type.Optional(
          Type.Union([Type.Array(Type.String()), Type.String()], {
            description: 'names, or one word: error (and more severe), warning..info, none',
          }),
        ),
        runs: Type.Optional(Type.Union([Type.Array(Type.Integer()), Type.Literal('last')])),
        contains: text,
        regex: text,
        fields: Type.Optional(
          Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Array(Type.String())], {
            description: "fields that must be equal, or conditions such as 'status>=500'",
          }),
        ),
        since: Type.Optional(
          Type.Union([Type.String(), Type.Number()], {
            description: 'RFC 3339, or microseconds since the epoch',
          }),
        ),
        from_cursor: Type.Optional(Type.String({ description: 'cursor' })),
        tail: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
      }),
      result: Type.Object({
        subscription: Type.String(),
        cursor: Type.String({ description: 'where to resume if nothing comes' }),
      }),
      handler: async ({ from_cursor, tail, ...filters }, context) => {
        const session = context.session as RpcSession
        const open = opened(subscriptions, session)
        if (open.size >= SERVING_LIMITS.subscriptionsMax) throw tooMany()
        const viewing = await refusing(() =>
          openViewing(feeds, {
            ...toQuery(filters as WireQuery),
            ...(from_cursor === undefined ? {} : { from_cursor }),
            ...(tail === undefined ? {} : { tail }),
          } as FollowOptions),
        )
        lastId += 1
        const subscription = String(lastId)
        const end = new AbortController()
        session.signal.addEventListener('abort', () => end.abort(), { signal: end.signal })
        open.set(subscription, end)
        session.afterAnswer(() => {
          const port = portOf(session, feeds, subscription, end.signal)
          void run(viewing, port, session, subscription).then(() => {
            end.abort()
            open.delete(subscription)
          })
        })
        return { subscription, cursor: viewing.cursor }
      },
    }),
    defineMethod({
      name: 'logs.unfollow',
      summary: 'Ends a subscription of this connection.',
      needsSession: true,
      params: Type.Object({ subscription: Type.String() }),
      result: Type.Object({ ended: Type.Boolean() }),
      handler: ({ subscription }, context) => {
        const end = opened(subscriptions, context.session as RpcSession).get(subscription)
        end?.abort()
        return { ended: end !== undefined }
      },
    }),
  ]
}

function opened(
  subscriptions: Subscriptions,
  { signal }: RpcSession,
): Map<string, AbortController> {
  const known = subscriptions.get(signal) ?? new Map<string, AbortController>()
  subscriptions.set(signal, known)
  return known
}

function tooMany(): RpcError {
  const message = `Expected at most ${SERVING_LIMITS.subscriptionsMax} subscriptions of a connection`
  return new RpcError(RPC_CODES.LimitExceeded, message, { hint: 'End one with logs.unfollow' })
}

async function run(
  viewing: Viewing,
  port: ViewerPort,
  session: RpcSession,
  subscription: string,
): Promise<void> {
  let end: object = { subscription }
  try {
    await viewing.run(port)
  } catch (error) {
    const { message = 'Internal error', data = { code: 'Internal' } } = toErrorObject(error) ?? {}
    end = { subscription, error: { message, data } }
  }
  session.notify('logs.end', [JSON.stringify(end)])
}

function portOf(
  session: RpcSession,
  { items: shared }: LiveFeeds,
  subscription: string,
  signal: AbortSignal,
): ViewerPort {
  const head = `{"subscription":${JSON.stringify(subscription)},`
  const sendEntries = (items: readonly LiveItem[], lag: number): void => {
    session.notify('logs.entries', [`${head}"entries":[`, shared.list(items), `],"lag":${lag}}`])
  }
  return {
    signal,
    get bufferedBytes() {
      return session.bufferedBytes
    },
    untilBuffered: (bytes) => session.untilBuffered(bytes),
    send: (items, lag) => {
      let start = 0
      for (const [index, item] of items.entries()) {
        if (!item.isGap) continue
        if (index > start) sendEntries(items.slice(start, index), lag)
        session.notify('logs.gap', [`${head}"entry":`, item.json, '}'])
        start = index + 1
      }
      if (start < items.length) sendEntries(start === 0 ? items : items.slice(start), lag)
    },
    lag: (lines) => sendEntries([], lines),
  }
}
