// `GET /events`: history, then live, as server-sent events. The id of an event is the entry's cursor, so
// that a reader that reconnects with `Last-Event-ID` goes on strictly after what it saw.
import { toWire } from '@hero/logs'
import type { FollowOptions, Logs } from '@hero/logs'
import { openEventStream } from '@hero/rpc'
import type { Route, RouteRequest } from '@hero/rpc'
import { toFollowOptions } from './filters.js'
import { refusing } from './invalid-params.js'

/** The route over an open store. */
export function createEventsRoute(logs: Logs): Route {
  return {
    method: 'GET',
    path: '/events',
    handler: async (request, response, _params, { query, signal }) => {
      const options = await refusing(() => beginAt(toFollowOptions(query), request))
      // What is wrong is an error answer, not a broken stream.
      const { from_cursor, tail: _tail, ...filters } = options
      const begun = await refusing(() => logs.follow({ ...options, signal }))
      if (from_cursor !== undefined) await logs.query({ ...filters, after: from_cursor, limit: 1 })
      const following = begun[Symbol.asyncIterator]()
      let next = refusing(() => following.next())
      await Promise.race([next, new Promise((resolve) => setImmediate(resolve))])
      const stream = openEventStream(response, { signal })
      for (;;) {
        const { done, value: entry } = await next
        if (done === true) break
        const wire = toWire(entry, logs.storeId)
        const isOpen = await stream.send(
          wire.cursor,
          wire,
          entry.gap === undefined ? 'entry' : 'gap',
        )
        if (!isOpen) break
        next = following.next()
      }
      await following.return?.()
      stream.close()
    },
  }
}

function beginAt(options: FollowOptions, request: RouteRequest): FollowOptions {
  const last = request.headers['last-event-id']
  if (typeof last !== 'string' || last === '') return options
  const { tail: _tail, since: _since, ...filters } = options
  return { ...filters, from_cursor: last }
}
