// Conditions that a caller can act on. Caller mistakes are TypeError, RangeError or SyntaxError.

/** Codes of {@link LogsError}; compare `.code`, never the message. */
export const LOGS_ERROR_CODES = [
  'Closed',
  'Conflict',
  'DamagedStore',
  'InvalidCursor',
  'InvalidName',
  'LimitExceeded',
  'MissedRotation',
  'NotFound',
  'PermissionDenied',
  'Unavailable',
] as const
export type LogsErrorCode = (typeof LOGS_ERROR_CODES)[number]

export interface LogsErrorOptions {
  /** What the operator can do about it. */
  readonly hint?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** A condition that a caller can act on. */
export class LogsError extends Error {
  readonly code: LogsErrorCode
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: LogsErrorCode, message: string, options: LogsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LogsError'
    this.code = code
    this.hint = options.hint
    this.details = options.details
  }
}

/** What crosses a thread: an error as plain data. */
export interface PlainError {
  readonly code: string
  readonly name: string
  readonly message: string
  readonly hint?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Reduces an error to plain data for another thread. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof LogsError) {
    const { code, name, message, hint, details } = error
    return { code, name, message, hint, details }
  }
  const { name, message, code } = error as Error & { code?: string }
  return { code: code ?? 'Internal', name, message }
}

/** Restores an error that {@link toPlainError} made. */
export function fromPlainError(plain: PlainError): Error {
  if ((LOGS_ERROR_CODES as readonly string[]).includes(plain.code)) {
    const { hint, details } = plain
    return new LogsError(plain.code as LogsErrorCode, plain.message, {
      ...(hint === undefined ? {} : { hint }),
      ...(details === undefined ? {} : { details }),
    })
  }
  const kinds: Record<string, new (message: string) => Error> = {
    TypeError,
    RangeError,
    SyntaxError,
  }
  const error = new (kinds[plain.name] ?? Error)(plain.message)
  return Object.assign(error, { code: plain.code })
}
