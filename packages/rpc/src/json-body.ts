// Bodies and messages in JSON, looked at before they are parsed: what holds too much is known, and refused,
// while the rest of it is still on its way.
import type { IncomingMessage } from 'node:http'
import { RPC_CODES, RpcError } from './codes.js'
import { BODY_BYTES_MAX, readBytes, textOf } from './http-body.js'
import { BODY_BOUNDS, BoundsCheck, REQUEST_BOUNDS } from './json-bounds.js'
import type { Excess, JsonBounds } from './json-bounds.js'

/** A text that may be parsed. */
export interface BoundedText {
  /** Of a body that holds too much of something, what comes before that, as JSON. */
  readonly text: string
  readonly excess: Excess | undefined
}

/**
 * Reads a body as text, or only so far that it is clear that it holds too much.
 *
 * @throws {RpcError} As `readBody`.
 */
export async function readBounded(
  request: IncomingMessage,
  bounds: JsonBounds = REQUEST_BOUNDS,
): Promise<BoundedText> {
  const check = new BoundsCheck(bounds)
  let excess: Excess | undefined
  const bytes = await readBytes(request, BODY_BYTES_MAX, (chunk) => {
    excess = check.push(chunk)
    return excess !== undefined
  })
  return { text: excess === undefined ? textOf(bytes) : headOf(bytes, excess), excess }
}

/** Looks at a whole text; `bytes` are the same in UTF-8. */
export function toBounded(text: string, bytes: Uint8Array = Buffer.from(text)): BoundedText {
  const excess = new BoundsCheck(REQUEST_BOUNDS).push(bytes)
  return { text, excess }
}

function headOf(bytes: Buffer, { headBytes, headEnd }: Excess): string {
  return textOf(bytes.subarray(0, headBytes)) + headEnd
}

/**
 * Reads a body as JSON.
 *
 * @throws {RpcError} As `readBody`; `InvalidRequest` if it is nested too deeply or an object has too many
 * keys; `LimitExceeded` if an array has too many elements; `ParseError` if it is not JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { text, excess } = await readBounded(request, BODY_BOUNDS)
  if (excess !== undefined) {
    const name = excess.kind === 'elements' ? 'LimitExceeded' : 'InvalidRequest'
    throw new RpcError(RPC_CODES[name], `Expected ${excess.enough}, got more`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new RpcError(RPC_CODES.ParseError, 'Expected JSON')
  }
}
