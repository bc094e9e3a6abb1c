// `GET /events`: history, then live, as server-sent events. The id of an event is the entry's cursor, so
// that a reader that reconnects with `Last-Event-ID` goes on strictly after what it saw; the stream begins
// with an id alone, so that this holds for one that saw nothing yet.
import type { FollowOptions } from '@hero/logs'
import { openEventStream, toErrorObject } from '@hero/rpc'
import type { EventStream, Route, RouteRequest } from '@hero/rpc'
import { refusing } from '../invalid-params.js'
import type { LiveFeeds } from '../live/live-feed.js'
import { openViewing } from '../live/viewer.js'
import type { ViewerPort } from '../live/viewer.js'
import { readFollow } from './query-params.js'

/** The route over the feeds of a store. */
export function createEventsRoute(feeds: LiveFeeds): Route {
  return {
    method: 'GET',
    path: '/events',
    handler: async (request, response, _params, { query, signal }) => {
      // What is wrong with the request is an error answer, not a broken stream.
      const viewing = await refusing(() => openViewing(feeds, beginAt(readFollow(query), request)))
      const stream = openEventStream(response, { signal })
      stream.mark(viewing.cursor)
      try {
        await viewing.run(portOf(stream, signal))
      } catch (error) {
        const { message = 'Internal error', data = { code: 'Internal' } } =
          toErrorObject(error) ?? {}
        stream.push(viewing.cursor, Buffer.from(JSON.stringify({ message, data })), 'error')
      }
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

function portOf(stream: EventStream, signal: AbortSignal): ViewerPort {
  let last = ''
  return {
    signal,
    get bufferedBytes() {
      return stream.bufferedBytes
    },
    untilBuffered: (bytes) => stream.untilBuffered(bytes),
    send: (items) => {
      for (const { cursor, json, isGap } of items) {
        stream.push(cursor, json, isGap ? 'gap' : 'entry')
        last = cursor
      }
    },
    lag: (lines) => stream.push(last, Buffer.from(JSON.stringify({ lines })), 'lag'),
  }
}
