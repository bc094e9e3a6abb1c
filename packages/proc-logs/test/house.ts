// What the tests of the surface share: a hero_proc with the plugin, asked over its real socket.
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogsOptions, WireEntry } from '@hero/logs'
import { openLogsPlugin } from '@hero/proc-logs'
import type { LogsPlugin } from '@hero/proc-logs'
import { startHeroProc } from '@hero/proc'
import type { HeroProc } from '@hero/proc'
import { createRpcClient } from '@hero/rpc/client'
import type { RpcClient } from '@hero/rpc/client'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Ask {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

export interface House {
  readonly dir: string
  readonly socketPath: string
  readonly plugin: LogsPlugin
  readonly server: HeroProc
  readonly client: RpcClient
  readonly call: <T>(method: string, params?: object) => Promise<T>
  /** Inserts lines and waits for their commit. */
  readonly insert: (source: string, texts: readonly string[]) => Promise<void>
  readonly ask: (path: string, options?: Ask) => Promise<Answer>
  readonly open: (path: string) => Promise<Listening>
  readonly close: () => Promise<void>
}

/** A folder that is removed at the end of the test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'plogs-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export async function openHouse(
  dir: string = temporaryFolder(),
  options: Partial<LogsOptions> = {},
  http?: { readonly host: string; readonly port: number },
): Promise<House> {
  const plugin = await openLogsPlugin({
    dir: join(dir, 'logs'),
    flushDelayMs: 5,
    followFiles: true,
    ...options,
  })
  const socketPath = join(dir, 'rpc.sock')
  const configPath = join(dir, 'hero_proc.toml')
  appendFileSync(configPath, '')
  const server = await startHeroProc({
    dataDir: dir,
    socketPath,
    configPath,
    plugins: [plugin],
    ...(http && { http }),
  })
  const client = createRpcClient({ socketPath })
  const close = async (): Promise<void> => {
    client.close()
    await server.close()
  }
  onTestFinished(close)
  return {
    dir,
    socketPath,
    plugin,
    server,
    client,
    close,
    call: (method, params = {}) => client.call(method, params),
    insert: async (source, texts) => {
      const entries = texts.map((text) => ({ text }))
      await client.call('logs.insert', { source, entries, ack: 'commit' })
    },
    ask: (path, options) => ask(socketPath, path, options),
    open: (path) => openSocket(socketPath, path),
  }
}

export function ask(socketPath: string, path: string, options: Ask = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, path, method, headers, agent: false })
    request.once('error', reject)
    request.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const { statusCode: status = 0, headers: got } = response
        resolve({ status, headers: got, body: Buffer.concat(chunks) })
      })
    })
    request.end(body)
  })
}

/** A WebSocket and what it has heard; refusals reject with the status and the body. */
export class Listening {
  readonly socket: WebSocket
  readonly heard: Record<string, unknown>[] = []
  #check: () => void = () => undefined

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()) as Record<string, unknown>)
      this.#check()
    })
    socket.on('close', () => this.#check())
  }

  /** Resolves when what was heard is as `test` wants it; rejects if the connection closes before. */
  until(test: (heard: readonly Record<string, unknown>[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#check = () => {
        if (test(this.heard)) resolve()
        else if (this.socket.readyState === WebSocket.CLOSED) {
          reject(new Error(`It closed after ${JSON.stringify(this.heard.slice(-3))}`))
        }
      }
      this.#check()
    })
  }

  /** Texts of the entries that were heard. */
  get texts(): unknown[] {
    return this.heard.filter(({ seq }) => seq !== undefined).map(({ text }) => text)
  }
}

export async function openSocket(socketPath: string, path: string): Promise<Listening> {
  const socket = new WebSocket(`ws+unix:${socketPath}:${path}`)
  onTestFinished(() => socket.terminate())
  const listening = new Listening(socket)
  const refused = once(socket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>
  refused.catch(() => undefined)
  const opened = once(socket, 'open')
  opened.catch(() => undefined)
  const first = await Promise.race([opened.then(() => undefined), refused])
  if (first === undefined) return listening
  const chunks: Buffer[] = []
  for await (const chunk of first[1] as AsyncIterable<Buffer>) chunks.push(chunk)
  throw Object.assign(new Error(Buffer.concat(chunks).toString()), { status: first[1].statusCode })
}

/** JSON of an answer. */
export function json<T>(answer: Answer): T {
  return JSON.parse(answer.body.toString()) as T
}

/** The numbers from one to another as texts. */
export function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index))
}

/** The texts of a page. */
export function textsOf(answer: Answer): (string | undefined)[] {
  return json<{ entries: WireEntry[] }>(answer).entries.map(({ text }) => text)
}
