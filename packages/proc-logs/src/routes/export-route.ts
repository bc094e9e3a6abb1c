// `GET /logs/{id}/export` and `GET /export?source=a&source=b`: everything up to this moment, packed with
// gzip, page by page: what is not yet sent is not yet read.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { decodeCursor, encodeCursor } from '@hero/logs'
import type { Logs, Query } from '@hero/logs'
import type { Route, RouteResponse } from '@hero/rpc'
import { refusing } from '../invalid-params.js'
import { pageWithGap } from '../live/removed.js'
import { SERVING_LIMITS } from '../serving-limits.js'
import { lineOf } from './entry-lines.js'
import { readHistory } from './query-params.js'

/** The routes over an open store. */
export function createExportRoutes(logs: Logs): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/logs/:id/export',
      handler: (_request, response, { id = '' }, { query, signal }) =>
        send(logs, response, { params: query, sources: [id], name: id, signal }),
    },
    {
      method: 'GET',
      path: '/export',
      handler: (_request, response, _params, { query, signal }) =>
        send(logs, response, { params: query, name: 'logs', signal }),
    },
  ]
}

interface ExportRequest {
  readonly params: URLSearchParams
  /** The only ones; without, `params` has them. */
  readonly sources?: readonly string[]
  /** Of the file, without its endings. */
  readonly name: string
  readonly signal: AbortSignal
}

async function send(
  logs: Logs,
  response: RouteResponse,
  { params, sources, name, signal }: ExportRequest,
): Promise<void> {
  if (!params.has('order')) params.set('order', 'asc')
  if (!params.has('format')) params.set('format', 'ndjson')
  const { query, format } = await refusing(() => readHistory(params, sources))
  if (format === 'json' || query.order !== 'asc') {
    throw Object.assign(new Error('Expected format ndjson or text, in the order of time'), {
      code: 'InvalidParams',
    })
  }
  const lines = linesOf(logs, query, format)
  // The first page checks the query: what is wrong is an error answer, not a broken file.
  const first = await refusing(() => lines.next())
  const file = `${name}.${format === 'text' ? 'log' : 'ndjson'}.gz`
  response.writeHead(200, {
    'content-type': 'application/gzip',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file)}`,
    'cache-control': 'no-store',
  })
  const source = Readable.from(withFirst(first, lines), { objectMode: false })
  await pipeline(source, createGzip({ level: 6 }), response, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

type Lines = AsyncGenerator<Buffer, void>

async function* withFirst(first: IteratorResult<Buffer, void>, rest: Lines): Lines {
  if (first.done !== true) yield first.value
  yield* rest
}

async function* linesOf(logs: Logs, query: Query, format: 'ndjson' | 'text'): Lines {
  const limit = SERVING_LIMITS.storePageEntriesMax
  const upToNow = { ...query, before: endOf(logs, query), limit }
  let page = await logs.query(upToNow)
  for (;;) {
    const lines = page.entries.map((entry) => lineOf(entry, format, logs.storeId))
    if (lines.length > 0) yield Buffer.concat(lines)
    if (page.next_cursor === null) return
    // Retention may overtake a slow client: what is then missing is told in its place.
    page = await pageWithGap(logs, { ...upToNow, after: page.next_cursor })
  }
}

/** The cursor behind the newest line of this moment, or the earlier one that is asked for. */
function endOf(logs: Logs, { before }: Query): string {
  const end = decodeCursor(logs.storeId, logs.cursor()) + 1
  const asked = before === undefined ? end : decodeCursor(logs.storeId, before)
  return encodeCursor(logs.storeId, Math.min(asked, end))
}
