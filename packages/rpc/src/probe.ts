// Knocks at doors: is somebody listening at a socket, does an HTTP address answer. For readiness and
// health of other programs; calls to a hero_proc go through client.ts.
import { get } from 'node:http'
import type { RequestOptions } from 'node:http'
import { connect } from 'node:net'
import { urlToHttpOptions } from 'node:url'

/** A probe that has no answer by then has failed, in milliseconds. */
const PROBE_MS_MAX = 2_000
const BODY_BYTES_MAX = 65_536

/** True if somebody accepts connections at the Unix socket. Never rejects. */
export function listensAt(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const end = (isListening: boolean): void => {
      socket.destroy()
      resolve(isListening)
    }
    socket.setTimeout(PROBE_MS_MAX, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

/** An HTTP answer: its status and the first 64 KiB of its body. */
export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/**
 * Asks for an address: `http://host:port/path` or `unix:/path/to/socket:/path`.
 *
 * @returns The answer, or undefined if there was none in time.
 */
export function askHttp(url: string): Promise<HttpAnswer | undefined> {
  return new Promise((resolve) => {
    const request = get(targetOf(url), (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const end = (): void => {
        const body = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, body })
        request.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes >= BODY_BYTES_MAX) end()
      })
      response.once('end', end)
      response.once('error', () => resolve(undefined))
    })
    const late = setTimeout(() => request.destroy(), PROBE_MS_MAX)
    request.once('error', () => resolve(undefined))
    request.once('close', () => {
      clearTimeout(late)
      resolve(undefined)
    })
  })
}

/** True if the address answers with 200 to 399. Never rejects. */
export async function answersHttp(url: string): Promise<boolean> {
  const answer = await askHttp(url)
  return answer !== undefined && answer.status >= 200 && answer.status < 400
}

function targetOf(url: string): RequestOptions {
  const [, socketPath, unixPath] = /^unix:(\/[^:]+):(\/.*)$/.exec(url) ?? []
  // As a URL also there: a path may hold what HTTP cannot.
  const target = new URL(socketPath === undefined ? url : `http://localhost${unixPath}`)
  const { hostname, port, path } = urlToHttpOptions(target)
  const at = socketPath === undefined ? { hostname, port } : { socketPath }
  return { ...at, path, agent: false }
}
