// Conditions below JSON-RPC: nobody listens, somebody else does, or a message does not fit.

export type TransportErrorCode = 'Conflict' | 'LimitExceeded' | 'PermissionDenied' | 'Unavailable'

/** A condition of the connection. Compare `.code`, never the message. */
export class TransportError extends Error {
  readonly code: TransportErrorCode
  /** What the operator can do about it. */
  readonly hint: string | undefined

  constructor(
    code: TransportErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TransportError'
    this.code = code
    this.hint = options.hint
  }
}

/** The code of a system error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
