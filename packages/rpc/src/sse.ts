// Server-sent events: one writer over one response. It waits for a slow reader instead of buffering for
// it, and says something now and then, so that proxies and readers know that the stream lives.
import type { ServerResponse } from 'node:http'

/** Between two comments on a silent stream, in milliseconds. */
const KEEPALIVE_MS = 15_000

export interface EventStreamOptions {
  /** Ends the stream. */
  readonly signal?: AbortSignal
  /**
   * Between two comments on a silent stream, in milliseconds.
   * @default 15_000
   */
  readonly keepaliveMs?: number
}

/** A stream of server-sent events. */
export interface EventStream {
  readonly closed: boolean
  /**
   * Writes one event and resolves when the reader can take the next one: true, or false if the stream is
   * over. Objects are written as JSON.
   *
   * @throws {TypeError} If `id` or `event` holds a line break or NUL.
   */
  send(id: string, data: string | object, event?: string): Promise<boolean>
  /**
   * Writes one event at once. `data` is one line of UTF-8 and may be written to many streams.
   *
   * @throws {TypeError} As {@link EventStream.send}.
   */
  push(id: string, data: Buffer, event: string): void
  /** Tells the reader where to resume, without an event. */
  mark(id: string): void
  /** Bytes that the reader has not taken yet. */
  readonly bufferedBytes: number
  /** Resolves when at most `bytes` are buffered or the stream is over. */
  untilBuffered(bytes: number): Promise<void>
  /** Ends the response. Safe to call twice. */
  close(): void
}

/** Begins a stream of events: the headers are sent at once. */
export function openEventStream(
  response: ServerResponse,
  options: EventStreamOptions = {},
): EventStream {
  const { signal, keepaliveMs = KEEPALIVE_MS } = options
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  })
  response.flushHeaders()
  let closed = false
  const keepalive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n')
  }, keepaliveMs)
  keepalive.unref()
  const finish = (): void => {
    if (closed) return
    closed = true
    clearInterval(keepalive)
    signal?.removeEventListener('abort', finish)
    response.end()
  }
  response.once('close', finish)
  signal?.addEventListener('abort', finish)
  if (signal?.aborted === true || response.destroyed) finish()
  return {
    get closed() {
      return closed
    },
    send: async (id, data, event) => {
      const text = frame(id, data, event)
      if (closed) return false
      if (!response.write(text)) await drained(response)
      return !closed
    },
    push: (id, data, event) => {
      if (closed) return
      const head = `event: ${checkField('event', event)}\nid: ${checkField('id', id)}\ndata: `
      response.write(Buffer.concat([Buffer.from(head), data, EVENT_END]))
    },
    mark: (id) => {
      if (!closed) response.write(`id: ${checkField('id', id)}\n\n`)
    },
    get bufferedBytes() {
      return response.writableLength
    },
    untilBuffered: async (bytes) => {
      while (!closed && response.writableLength > bytes && response.writableNeedDrain) {
        await drained(response)
      }
    },
    close: finish,
  }
}

const EVENT_END = Buffer.from('\n\n')

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}

function frame(id: string, data: string | object, event: string | undefined): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  const kind = event === undefined ? '' : `event: ${checkField('event', event)}\n`
  return `${kind}id: ${checkField('id', id)}\n${lines.join('')}\n`
}

function checkField(name: string, value: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/[\u0000\r\n]/.test(value)) return value
  throw new TypeError(`Expected ${name} on one line, got ${JSON.stringify(value)}`)
}
