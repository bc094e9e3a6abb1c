// `GET /events`: history, then live, as server-sent events. The id of an event is the entry's cursor, so
// that a reader that reconnects with `Last-Event-ID` goes on strictly after what it saw; the stream begins
// with an id alone, so that this holds for one that saw nothing yet.
import type { FollowOptions } from '@hero/logs'
import { openEventStream, toErrorObject } from '@hero/rpc'
import type { EventStream, Route, RouteRequest } from '@hero/rpc'
import { refusing } from '../invalid-params.js'
import type { LiveFeeds } from '../live/live-feed.js'
import type { LiveItem } from '../live/live-item.js'
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
      const port = new EventPort(stream, viewing.cursor, signal)
      stream.mark(port.last)
      try {
        await viewing.run(port)
      } catch (error) {
        const { message = 'Internal error', data = { code: 'Internal' } } =
          toErrorObject(error) ?? {}
        stream.push(port.last, Buffer.from(JSON.stringify({ message, data })), 'error')
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

class EventPort implements ViewerPort {
  readonly signal: AbortSignal
  readonly #stream: EventStream
  #last: string

  constructor(stream: EventStream, begin: string, signal: AbortSignal) {
    this.#stream = stream
    this.#last = begin
    this.signal = signal
  }

  /** Where the reader goes on if the stream ends now: what is no entry repeats it. */
  get last(): string {
    return this.#last
  }

  get bufferedBytes(): number {
    return this.#stream.bufferedBytes
  }

  untilBuffered(bytes: number): Promise<void> {
    return this.#stream.untilBuffered(bytes)
  }

  send(items: readonly LiveItem[]): void {
    for (const { cursor, json, isGap } of items) {
      this.#stream.push(cursor, json, isGap ? 'gap' : 'entry')
      this.#last = cursor
    }
  }

  lag(lines: number): void {
    this.#stream.push(this.#last, Buffer.from(JSON.stringify({ lines })), 'lag')
  }
}
