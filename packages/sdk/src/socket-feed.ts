// Entries over a WebSocket: how a page follows. A page cannot tell the server to wait, so what is not yet
// read is held here up to a bound; then the connection is given up, and made again after the last one that
// was read: the server reads the rest from its store.
import { RPC_CODES, RpcError } from '@hero/rpc/browser'
import type { BrowserClient } from '@hero/rpc/browser'
import type { LogEntry } from './log-entry.js'
import type { FeedOptions, LogFeed } from './transport.js'

/** Entries that came and were not read. */
const WAITING_ENTRIES_MAX = 10_000

/** The feed over a client's connections. */
export function createSocketFeed(client: Pick<BrowserClient, 'connect'>): LogFeed {
  return async function* (options) {
    let resume: string | undefined
    const onCursor = (cursor: string): void => {
      resume = cursor
      options.onCursor(cursor)
    }
    for (;;) {
      const inbox = new Inbox(options.onLag)
      const { since: _since, tail: _tail, ...filters } = options
      const begin = resume === undefined ? options : { ...filters, fromCursor: resume }
      yield* connect(client, inbox, { ...begin, onCursor })
      if (!inbox.isFull) return
    }
  }
}

async function* connect(
  client: Pick<BrowserClient, 'connect'>,
  inbox: Inbox,
  options: FeedOptions,
): AsyncGenerator<LogEntry, void> {
  const { onCursor, onLag: _onLag, signal, fromCursor, ...filters } = options
  const connection = await client.connect({
    onNotification: (method, params) => {
      inbox.take(method, params)
      if (inbox.isOver) connection.close()
    },
    ...(signal && { signal }),
  })
  void connection.closed.then(() => inbox.end())
  // A page does not wait until the other end has agreed to close.
  signal?.addEventListener('abort', () => inbox.end(), { once: true })
  try {
    const params = { ...filters, ...(fromCursor !== undefined && { from_cursor: fromCursor }) }
    const { cursor } = await connection.call<{ cursor: string }>('logs.follow', params)
    onCursor(cursor)
    for await (const entry of inbox.entries()) {
      if (signal?.aborted === true) return
      onCursor(entry.cursor)
      yield entry
    }
  } finally {
    connection.close()
  }
}

/** What came and was not read yet. */
class Inbox {
  readonly #onLag: FeedOptions['onLag']
  #waiting: LogEntry[] = []
  #error: RpcError | undefined
  #wake: () => void = () => undefined
  #isOver = false
  /** True when more came than was read in time. */
  isFull = false

  constructor(onLag: FeedOptions['onLag']) {
    this.#onLag = onLag
  }

  /** True when nothing will be taken any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  take(method: string, params: object): void {
    if (this.#isOver) return
    if (method === 'logs.entries') {
      const { entries, lag } = params as { entries: readonly LogEntry[]; lag: number }
      this.#add(entries)
      this.#onLag?.(lag)
    } else if (method === 'logs.gap') {
      this.#add([(params as { entry: LogEntry }).entry])
    } else if (method === 'logs.end') {
      const { error } = params as { error?: EndError }
      if (error !== undefined) this.#error = errorOf(error)
      this.end()
    }
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** Yields what comes until the end; everything that came before it is yielded. */
  async *entries(): AsyncGenerator<LogEntry, void> {
    for (;;) {
      const entries = this.#waiting
      this.#waiting = []
      yield* entries
      if (this.#waiting.length > 0) continue
      if (this.#isOver) break
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    if (this.#error !== undefined) throw this.#error
  }

  #add(entries: readonly LogEntry[]): void {
    this.isFull = this.#waiting.length + entries.length > WAITING_ENTRIES_MAX
    if (this.isFull) return this.end()
    this.#waiting.push(...entries)
    this.#wake()
  }
}

interface EndError {
  readonly message: string
  readonly data: { readonly code: keyof typeof RPC_CODES }
}

function errorOf({ message, data }: EndError): RpcError {
  return new RpcError(RPC_CODES[data.code] ?? RPC_CODES.Internal, message, data)
}
