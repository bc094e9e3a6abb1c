// Exit codes in one table, and the way from an error to a code and one clear line on stderr. Whatever a
// verb throws ends here; stdout is never touched.
import { cleanText } from './terminal-text.js'

/** What the command exits with. `run` adds the child's own code, 126 and 127 as a shell does. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  permission: 5,
  integrity: 6,
  notExecutable: 126,
  noSuchCommand: 127,
  interrupted: 130,
} as const

/** An error whose exit code is known where it happens. */
export class CliError extends Error {
  readonly exitCode: number
  readonly hint: string | undefined

  constructor(exitCode: number, message: string, hint?: string) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** A wrong flag or argument. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(EXIT.usage, message, hint)
}

const CODES: Readonly<Record<string, number>> = {
  EPIPE: EXIT.ok,
  InvalidParams: EXIT.usage,
  InvalidName: EXIT.usage,
  NotFound: EXIT.notFound,
  ENOENT: EXIT.notFound,
  Conflict: EXIT.unreachable,
  Unavailable: EXIT.unreachable,
  PermissionDenied: EXIT.permission,
  EACCES: EXIT.permission,
  EPERM: EXIT.permission,
  EROFS: EXIT.permission,
  DamagedStore: EXIT.integrity,
}

/** What an error gives away, whether it is the library's, the RPC client's or Node's. */
interface Told {
  readonly name?: string
  readonly message?: string
  readonly code?: unknown
  readonly hint?: unknown
  readonly data?: { readonly code?: unknown; readonly hint?: unknown } | undefined
}

/** Returns the word that tells errors apart: an RPC error carries it in its data, others in `code`. */
export function errorCode(error: unknown): string | undefined {
  const { code, data } = (error ?? {}) as Told
  if (typeof data?.code === 'string') return data.code
  return typeof code === 'string' ? code : undefined
}

/** Returns the exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  const code = errorCode(error)
  if (code !== undefined && CODES[code] !== undefined) return CODES[code]
  // Numbers of JSON-RPC: wrong parameters are the caller's.
  if ((error as Told)?.code === -32602) return EXIT.usage
  const isCallers = error instanceof RangeError || error instanceof SyntaxError
  return isCallers ? EXIT.usage : EXIT.failure
}

/** Returns the lines for stderr: what went wrong, and what to do if that is known. Empty for EPIPE. */
export function describeError(error: unknown): string {
  if (errorCode(error) === 'EPIPE') return ''
  const { message, hint, data } = (error ?? {}) as Told
  const said = hint ?? data?.hint
  const line = oneLine(message ?? String(error))
  return `hero_proc: ${line}\n${typeof said === 'string' ? `hint: ${oneLine(said)}\n` : ''}`
}

function oneLine(text: string): string {
  return cleanText(text, { colors: false })
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}
