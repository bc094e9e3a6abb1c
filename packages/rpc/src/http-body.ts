// Request bodies, read whole and bounded, and answers as JSON.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTP_STATUS, INTERNAL_ERROR, RPC_CODES, RpcError, codeName } from './codes.js'
import type { RpcErrorObject } from './codes.js'

/** Bytes of one request body; larger ones are refused with status 413. */
export const BODY_BYTES_MAX = 8_388_608

/**
 * Reads a request's body as text.
 *
 * @throws {RpcError} `LimitExceeded` as soon as it is clear that there is more than `bytesMax`.
 */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number = BODY_BYTES_MAX,
): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > bytesMax) throw tooLarge(bytesMax)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw tooLarge(bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** True if the body is declared to be JSON: browsers cannot send that across sites without asking. */
export function isJson(request: IncomingMessage): boolean {
  const type = request.headers['content-type'] ?? ''
  return type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}

/** Answers with a JSON text. */
export function sendJson(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

/** Answers with an error as `{"error": {code, message, data}}`; an answer that has begun is cut off. */
export function sendError(
  response: ServerResponse,
  error: RpcErrorObject,
  status: number = statusOf(error),
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // What is left of the request is not read: the connection cannot be used again.
  if (!response.req.complete) response.setHeader('connection', 'close')
  sendJson(response, status, JSON.stringify({ error }))
}

/** An error object for a fault of HTTP itself. */
export function httpFault(message: string, name: 'InvalidRequest' | 'NotFound'): RpcErrorObject {
  return { code: RPC_CODES[name], message, data: { code: name } }
}

function statusOf(error: RpcErrorObject): number {
  return HTTP_STATUS[codeName(error.code) ?? (INTERNAL_ERROR.data?.code as 'Internal')]
}

function tooLarge(bytesMax: number): RpcError {
  return new RpcError(RPC_CODES.LimitExceeded, `Expected at most ${bytesMax} bytes, got more`)
}
