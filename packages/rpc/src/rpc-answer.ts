// The answer to one call, as every transport of a client reads it.
import { RpcError } from './codes.js'
import type { RpcErrorObject } from './codes.js'
import { TransportError } from './transport-error.js'

/** What is sent back for a request that has an id. */
export interface RpcAnswer {
  readonly result?: unknown
  readonly error?: RpcErrorObject
}

/**
 * The answer in the body of an HTTP response.
 *
 * @throws {TransportError} `Unavailable` if it is none.
 */
export function parseAnswer(text: string, status: number | undefined): RpcAnswer {
  try {
    return JSON.parse(text) as RpcAnswer
  } catch (error) {
    const message = `Expected JSON, got status ${status} and ${text.length} characters`
    throw new TransportError('Unavailable', message, { cause: error })
  }
}

/** The result of an answer; an error of JSON-RPC or of HTTP is thrown as {@link RpcError}. */
export function resultOf({ result, error }: RpcAnswer): unknown {
  if (error === undefined) return result
  throw new RpcError(error.code, error.message, error.data ?? {})
}
