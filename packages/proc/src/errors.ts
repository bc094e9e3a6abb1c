// Conditions of the supervisor that a caller can act on. The codes are those of the wire, so that they
// cross it as they are.

export type ProcErrorCode =
  | 'Conflict'
  | 'DamagedStore'
  | 'InvalidParams'
  | 'NotFound'
  | 'Unavailable'

/** A condition that a caller can act on. Compare `.code`, never the message. */
export class ProcError extends Error {
  readonly code: ProcErrorCode
  /** What the operator can do about it. */
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: ProcErrorCode,
    message: string,
    options: {
      readonly hint?: string
      readonly details?: Readonly<Record<string, unknown>>
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProcError'
    this.code = code
    this.hint = options.hint
    this.details = options.details
  }
}

/** The string code of any error, such as `ENOENT` or `CommandNotFound`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
