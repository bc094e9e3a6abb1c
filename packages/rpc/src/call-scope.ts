// How long a call or a stream of a client lasts: until it is done, its caller's signal, its deadline or the
// end of its client, whichever comes first. All transports share it.
import { TransportError } from './transport-error.js'

/** How long a call may take unless its client or its caller says otherwise. */
const TIMEOUT_MS = 30_000

export interface CallOptions {
  /** How long the call may take, in milliseconds; 0 for as long as it wants. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** What is under way in one client. */
export class CallScopes {
  readonly #timeoutMs: number
  readonly #open = new Set<CallScope>()
  #lastId = 0
  #isClosed = false

  /** @param timeoutMs Of calls that do not say how long they may take. */
  constructor(timeoutMs: number = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs
  }

  /**
   * Begins a call or stream: `end()` it.
   *
   * @throws {TransportError} `Unavailable` if the client is closed.
   */
  begin({ signal, timeoutMs = this.#timeoutMs }: CallOptions = {}): CallScope {
    if (this.#isClosed) throw closedError()
    const scope = new CallScope(signal, timeoutMs, () => this.#open.delete(scope))
    this.#open.add(scope)
    return scope
  }

  /**
   * Makes one call.
   *
   * @param send - Takes the request's body to the server, and returns the result that it answers.
   * @throws What `send` throws, or why the call was ended before.
   */
  async call<T>(
    method: string,
    params: object,
    options: CallOptions | undefined,
    send: (body: string, signal: AbortSignal) => Promise<unknown>,
  ): Promise<T> {
    const scope = this.begin(options)
    this.#lastId += 1
    try {
      const body = JSON.stringify({ jsonrpc: '2.0', id: this.#lastId, method, params })
      return (await send(body, scope.signal)) as T
    } catch (error) {
      throw scope.signal.aborted ? scope.signal.reason : error
    } finally {
      scope.end()
    }
  }

  /** Everything that is under way fails, and nothing begins any more. Safe to call twice. */
  close(): void {
    this.#isClosed = true
    for (const scope of this.#open) scope.abort(closedError())
  }
}

function closedError(): TransportError {
  return new TransportError('Unavailable', 'The client is closed')
}

export class CallScope {
  readonly #controller = new AbortController()
  readonly #cancel: AbortSignal | undefined
  readonly #onEnd: () => void
  readonly #timer: ReturnType<typeof setTimeout> | undefined

  constructor(cancel: AbortSignal | undefined, timeoutMs: number, onEnd: () => void) {
    cancel?.throwIfAborted()
    this.#cancel = cancel
    this.#onEnd = onEnd
    cancel?.addEventListener('abort', this.#cancelled)
    if (timeoutMs === 0) return
    const message = `Expected an answer within ${timeoutMs} ms, got none`
    this.#timer = setTimeout(
      () => this.abort(new TransportError('Unavailable', message)),
      timeoutMs,
    )
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  end(): void {
    this.#onEnd()
    clearTimeout(this.#timer)
    this.#cancel?.removeEventListener('abort', this.#cancelled)
    // A stream that its reader left early still has its connection.
    this.abort(undefined)
  }

  readonly #cancelled = (): void => this.abort(this.#cancel?.reason)
}
