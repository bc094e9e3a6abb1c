// Why a command never ran. Compare `code`, not the class: it stays the same across packages.

export const CAPTURE_ERROR_CODES = [
  'CommandNotFound',
  'CommandNotExecutable',
  'SpawnFailed',
] as const
export type CaptureErrorCode = (typeof CAPTURE_ERROR_CODES)[number]

/** A command that never ran; `cause` is the system's error where there is one. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  readonly code: CaptureErrorCode

  constructor(code: CaptureErrorCode, message: string, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}
