// The numbers and names of all errors that cross the wire, and the error that carries them. Nothing else
// in the repository holds these numbers.

/** JSON-RPC's own codes for protocol faults, and this system's for conditions a caller can act on. */
export const RPC_CODES = {
  ParseError: -32700,
  InvalidRequest: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  InternalError: -32603,
  NotFound: -32001,
  InvalidCursor: -32002,
  MissedRotation: -32003,
  Conflict: -32004,
  LimitExceeded: -32005,
  Unavailable: -32006,
  PermissionDenied: -32007,
  DamagedStore: -32008,
  Internal: -32009,
} as const

export type RpcCodeName = keyof typeof RPC_CODES

/** The status that an HTTP route answers with for the same conditions. */
export const HTTP_STATUS: Readonly<Record<RpcCodeName, number>> = {
  ParseError: 400,
  InvalidRequest: 400,
  MethodNotFound: 404,
  InvalidParams: 400,
  InternalError: 500,
  NotFound: 404,
  InvalidCursor: 400,
  MissedRotation: 410,
  Conflict: 409,
  LimitExceeded: 413,
  Unavailable: 503,
  PermissionDenied: 403,
  DamagedStore: 500,
  Internal: 500,
}

/** Codes of the other packages that mean the same as one of ours on the wire. */
const ALIASES: ReadonlyMap<string, RpcCodeName> = new Map([
  ['InvalidName', 'InvalidParams'],
  ['Closed', 'Unavailable'],
])

const NAMES: ReadonlyMap<number, RpcCodeName> = new Map(
  (Object.entries(RPC_CODES) as [RpcCodeName, number][]).map(([name, code]) => [code, name]),
)

/** What an error says besides its message. */
export interface RpcErrorData {
  /** The name that belongs to the number: compare this one. */
  readonly code: string
  /** What the caller or the operator can do about it. */
  readonly hint?: string
  readonly [detail: string]: unknown
}

/** An error as JSON-RPC writes it. */
export interface RpcErrorObject {
  readonly code: number
  readonly message: string
  readonly data?: RpcErrorData
}

/** An error that a JSON-RPC server answered with, or that one of our handlers wants answered. */
export class RpcError extends Error {
  /** The number on the wire. The name is in `data.code` and in `name`. */
  readonly code: number
  readonly data: RpcErrorData

  constructor(code: number, message: string, data: Partial<RpcErrorData> = {}) {
    super(message)
    const name = NAMES.get(code) ?? 'Unknown'
    this.name = name
    this.code = code
    this.data = { ...data, code: data.code ?? name }
  }
}

/** The name for a code of the wire or of another package; undefined if there is none. */
export function codeName(code: unknown): RpcCodeName | undefined {
  if (typeof code === 'number') return NAMES.get(code)
  if (typeof code !== 'string') return undefined
  return Object.hasOwn(RPC_CODES, code) ? (code as RpcCodeName) : ALIASES.get(code)
}

/**
 * The name of an error's condition, whether it came over the wire (`data.code`) or was thrown here
 * (`code`); undefined for anything else.
 */
export function errorCodeName(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, data } = error as { code?: unknown; data?: { code?: unknown } }
  if (typeof data?.code === 'string') return data.code
  return typeof code === 'string' ? code : codeName(code)
}

/**
 * Turns a thrown value into what may leave the process, or undefined if it is none of the known
 * conditions: its text may hold SQL, paths or secrets.
 */
export function toErrorObject(error: unknown): RpcErrorObject | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, hint, details, data } = error as Error & {
    code?: unknown
    hint?: unknown
    details?: object
    data?: object
  }
  const name = codeName(code)
  if (name === undefined) return undefined
  return {
    code: RPC_CODES[name],
    message: error.message,
    data: { ...details, ...data, ...(typeof hint === 'string' ? { hint } : {}), code: name },
  }
}

/** The answer for everything that {@link toErrorObject} does not know. */
export const INTERNAL_ERROR: RpcErrorObject = {
  code: RPC_CODES.Internal,
  message: 'Internal error',
  data: { code: 'Internal' },
}
