// `GET /logs/{id}` and `GET /logs?source=a&source=b`: one page of history. Without `after` and `since` it
// is the newest page; it is always shown in the order of time unless `order=desc`.
import { toWire } from '@hero/logs'
import type { Entry, Logs } from '@hero/logs'
import { sendJson } from '@hero/rpc'
import type { Route, RouteResponse } from '@hero/rpc'
import { refusing } from '../invalid-params.js'
import { readHistory } from './query-params.js'
import type { HistoryRequest } from './query-params.js'
import { CONTENT_TYPES, lineOf } from './entry-lines.js'

interface Page {
  readonly entries: readonly Entry[]
  /** Pass as `after` for what comes later; null if there is nothing yet. */
  readonly next_cursor: string | null
  /** Pass as `before` for what came earlier; null if there is nothing. */
  readonly prev_cursor: string | null
  readonly scanned_lines: number
  readonly complete: boolean
}

/** The routes over an open store. */
export function createHistoryRoutes(logs: Logs): readonly Route[] {
  const answer = async (
    response: RouteResponse,
    params: URLSearchParams,
    sources?: readonly string[],
  ): Promise<void> => {
    const request = await refusing(() => readHistory(params, sources))
    send(response, request, await refusing(() => readPage(logs, request)), logs.storeId)
  }
  return [
    {
      method: 'GET',
      path: '/logs/:id',
      handler: (_request, response, { id = '' }, { query }) => answer(response, query, [id]),
    },
    {
      method: 'GET',
      path: '/logs',
      handler: (_request, response, _params, { query }) => answer(response, query),
    },
  ]
}

async function readPage(logs: Logs, { query, isNewest }: HistoryRequest): Promise<Page> {
  const { entries, next_cursor, prev_cursor: _own, ...figures } = await logs.query(query)
  const isBackward = query.order === 'desc'
  const shown = isNewest ? entries.toReversed() : entries
  const edge = (entry: Entry | undefined): string | null =>
    entry === undefined ? null : toWire(entry, logs.storeId).cursor
  const [oldest, newest] = isBackward ? [entries.at(-1), entries[0]] : [entries[0], entries.at(-1)]
  return {
    entries: shown,
    next_cursor: isBackward ? (query.before === undefined ? null : edge(newest)) : next_cursor,
    prev_cursor: isBackward ? next_cursor : query.after === undefined ? null : edge(oldest),
    ...figures,
  }
}

function send(
  response: RouteResponse,
  { format }: HistoryRequest,
  page: Page,
  storeId: string,
): void {
  if (format === 'json') {
    const entries = page.entries.map((entry) => toWire(entry, storeId))
    return sendJson(response, 200, JSON.stringify({ ...page, entries }))
  }
  response.writeHead(200, {
    'content-type': CONTENT_TYPES[format],
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(page.next_cursor === null ? {} : { 'hero-next-cursor': page.next_cursor }),
    ...(page.prev_cursor === null ? {} : { 'hero-prev-cursor': page.prev_cursor }),
    'hero-complete': String(page.complete),
  })
  response.end(Buffer.concat(page.entries.map((entry) => lineOf(entry, format, storeId))))
}
