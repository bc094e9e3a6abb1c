// Request bodies, read bounded and without holding up others, and answers as JSON.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { HTTP_STATUS, INTERNAL_ERROR, RPC_CODES, RpcError, codeName } from './codes.js'
import type { RpcErrorObject } from './codes.js'
import { drain, TURN_BYTES } from './drain.js'

/** Bytes of one request body; larger ones are refused with status 413. */
export const BODY_BYTES_MAX = 8_388_608

/**
 * Reads a request's body as text; one that is packed with gzip is unpacked.
 *
 * @throws {RpcError} `LimitExceeded` as soon as it is clear that there is more than `bytesMax`, packed or
 * unpacked; `ParseError` if it is not UTF-8 or not gzip; `InvalidRequest` for another encoding, and if the
 * caller hangs up before its end.
 */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number = BODY_BYTES_MAX,
): Promise<string> {
  return textOf(await readBytes(request, bytesMax, () => false))
}

/**
 * Reads a request's body, to its end or as far as the first piece that `isEnough` says is.
 *
 * @throws {RpcError} As {@link readBody}.
 */
export async function readBytes(
  request: IncomingMessage,
  bytesMax: number,
  isEnough: (chunk: Buffer) => boolean,
): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > bytesMax) throw tooLarge(bytesMax)
  return await readAll(unpacked(request), bytesMax, isEnough)
}

function unpacked(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return request
  if (encoding === 'gzip') return pipeline(request, createGunzip(), () => undefined)
  const message = `Expected content encoding gzip or none, got ${JSON.stringify(encoding)}`
  throw new RpcError(RPC_CODES.InvalidRequest, message)
}

/** By events: iterating costs three times as much for the small bodies that most requests have. */
function readAll(
  stream: Readable,
  bytesMax: number,
  isEnough: (chunk: Buffer) => boolean,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let [bytes, turnEnd] = [0, TURN_BYTES]
    const stop = (): void => void stream.pause().removeListener('data', take)
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > bytesMax) {
        stop()
        return reject(tooLarge(bytesMax))
      }
      chunks.push(chunk)
      if (isEnough(chunk)) {
        stop()
        return resolve(joined(chunks))
      }
      if (bytes < turnEnd) return
      turnEnd = bytes + TURN_BYTES
      stream.pause()
      setImmediate(() => stream.resume())
    }
    stream.on('data', take)
    stream.once('end', () => resolve(joined(chunks)))
    stream.once('error', (error) => reject(explain(error)))
  })
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

function explain(error: Error): Error {
  const code = String((error as { code?: unknown }).code)
  if (code.startsWith('Z_')) return new RpcError(RPC_CODES.ParseError, 'Expected a body in gzip')
  // The connection ended before the body did.
  if (code !== 'ECONNRESET') return error
  return new RpcError(RPC_CODES.InvalidRequest, 'Expected a body, got a part of one')
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads bytes as UTF-8.
 *
 * @throws {RpcError} `ParseError` if they are not: replacing characters would alter what was said.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new RpcError(RPC_CODES.ParseError, 'Expected UTF-8')
  }
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
  drainRest(response.req)
  sendJson(response, status, JSON.stringify({ error }))
}

/** Lets who is still sending a request that is answered already see the answer. */
export function drainRest(request: IncomingMessage): void {
  if (request.complete) return
  request.unpipe()
  // Many send a whole body before they look for an answer: it should be read in time.
  drain(request, { pauseMs: 0, cut: () => request.socket.destroy() })
  request.resume()
}

/** An error object for a fault of HTTP itself. */
export function httpFault(
  message: string,
  name: 'InvalidRequest' | 'NotFound' | 'Unavailable',
): RpcErrorObject {
  return { code: RPC_CODES[name], message, data: { code: name } }
}

/** The HTTP status for an error. */
export function statusOf(error: RpcErrorObject): number {
  return HTTP_STATUS[codeName(error.code) ?? (INTERNAL_ERROR.data?.code as 'Internal')]
}

function tooLarge(bytesMax: number): RpcError {
  return new RpcError(RPC_CODES.LimitExceeded, `Expected at most ${bytesMax} bytes, got more`)
}
