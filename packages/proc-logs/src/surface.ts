// Everything that the store shows to the outside, in one table: methods, routes, WebSockets.
import type { Logs } from '@hero/logs'
import type { Caller, MethodDefinition, Route, SocketRoute } from '@hero/rpc'
import { annotate } from '@hero/rpc'
import { createAliasMethods } from './alias-methods.js'
import { createFollowMethods } from './follow-methods.js'
import { LiveFeeds } from './live/live-feed.js'
import { LiveItems } from './live/live-item.js'
import { createLogMethods } from './log-methods.js'
import { METHOD_NOTES } from './method-notes.js'
import { createEventsRoute } from './routes/events-route.js'
import { createExportRoutes } from './routes/export-route.js'
import { createHistoryRoutes } from './routes/history-route.js'
import { createIngestRoute } from './routes/ingest-route.js'
import { createOtlpRoute } from './routes/otlp-route.js'
import { createStreamRoute } from './routes/stream-route.js'
import { serviceLogsMethod } from './service-logs-method.js'

export interface Surface {
  readonly feeds: LiveFeeds
  readonly methods: readonly MethodDefinition[]
  readonly routes: readonly Route[]
  readonly sockets: readonly SocketRoute[]
}

/** Makes the surface of an open store; `audit` is told of what appends and is no call. */
export function createSurface(
  logs: Logs,
  audit: (method: string, caller: Caller) => void,
): Surface {
  const feeds = new LiveFeeds(logs, new LiveItems(logs.storeId))
  const methods = [
    ...createLogMethods(logs),
    ...createFollowMethods(feeds),
    ...createAliasMethods(logs),
    serviceLogsMethod(logs),
  ]
  return {
    feeds,
    methods: annotate(methods, METHOD_NOTES),
    routes: [
      createEventsRoute(feeds),
      ...createExportRoutes(logs),
      ...createHistoryRoutes(logs),
      createOtlpRoute(logs, audit),
    ],
    sockets: [createStreamRoute(feeds), createIngestRoute(logs, audit)],
  }
}
