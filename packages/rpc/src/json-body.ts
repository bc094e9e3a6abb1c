// A request's body as JSON, for routes that take some: bounded as calls are.
import type { IncomingMessage } from 'node:http'
import { RPC_CODES, RpcError } from './codes.js'
import { DEPTH_MAX, KEYS_MAX } from './dispatcher.js'
import { readBody } from './http-body.js'
import { findExcess } from './json-bounds.js'

/**
 * Reads a body as JSON.
 *
 * @throws {RpcError} As `readBody`; `InvalidRequest` if it is nested too deeply or an object has too many
 * keys; `ParseError` if it is not JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request)
  const excess = findExcess(text, { depthMax: DEPTH_MAX, keysMax: KEYS_MAX })
  if (excess !== undefined) {
    throw new RpcError(RPC_CODES.InvalidRequest, `Expected ${excess}, got more`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new RpcError(RPC_CODES.ParseError, 'Expected JSON')
  }
}
