// `WS /stream/{id}`: history, then live, one JSON object a message. Entries and gaps are as everywhere;
// messages with a `type` are about the stream: `begin` (where to resume), `lag`, `error`.
import { CLOSE_CODES, toErrorObject } from '@hero/rpc'
import type { SocketConnection, SocketRoute } from '@hero/rpc'
import { refusing } from '../invalid-params.js'
import type { LiveFeeds } from '../live/live-feed.js'
import { openViewing } from '../live/viewer.js'
import type { Viewing, ViewerPort } from '../live/viewer.js'
import { readFollow } from './query-params.js'

/** The route over the feeds of a store. */
export function createStreamRoute(feeds: LiveFeeds): SocketRoute {
  return {
    path: '/stream/:id',
    handler: async ({ id = '' }, { query }) => {
      const viewing = await refusing(() => openViewing(feeds, readFollow(query, [id])))
      return (connection) => void serve(connection, viewing)
    },
  }
}

async function serve(connection: SocketConnection, viewing: Viewing): Promise<void> {
  connection.send(JSON.stringify({ type: 'begin', cursor: viewing.cursor }))
  try {
    await viewing.run(portOf(connection))
    connection.close(CLOSE_CODES.goingAway, 'The store is closed')
  } catch (error) {
    const { message = 'Internal error', data } = toErrorObject(error) ?? {}
    connection.send(JSON.stringify({ type: 'error', message, data: data ?? { code: 'Internal' } }))
    connection.close(CLOSE_CODES.internal, message)
  }
}

function portOf(connection: SocketConnection): ViewerPort {
  return {
    signal: connection.signal,
    get bufferedBytes() {
      return connection.bufferedBytes
    },
    untilBuffered: (bytes) => connection.untilBuffered(bytes),
    send: (items) => {
      for (const { json } of items) connection.send(json)
    },
    lag: (lines) => connection.send(JSON.stringify({ type: 'lag', lines })),
  }
}
