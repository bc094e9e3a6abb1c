// S11 of the threat model, against the real server in a process of its own: whatever is thrown at it, it
// answers with a typed error or closes the connection, its memory stays where it was, and everybody else is
// served meanwhile.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Place } from './command.js'
import type { Running } from './command.js'

const MIB = 1_048_576
const GROWTH_MIB_MAX = 32

const place = new Place()
const socketPath = join(place.folder, 'run', 'hero_proc', 'rpc.sock')
let server: Running
let others: Caller
let usual: number[]
const beside: number[] = []

/** For `node -e`: one call after the other, and how long each took whenever a line comes. */
const CALLS = `
  import { setTimeout as sleep } from 'node:timers/promises'
  import { createRpcClient } from '@hero/rpc/client'
  const client = createRpcClient({ socketPath: process.argv[1] })
  let times = []
  process.stdin.on('end', () => process.exit()).on('data', () => {
    console.log(JSON.stringify(times))
    times = []
  })
  for (;;) {
    const begun = performance.now()
    await client.call('rpc.health')
    times.push(performance.now() - begun)
    await sleep(1)
  }
`

/** Somebody else, in a process of his own, who goes on calling. */
class Caller {
  readonly #child: ChildProcess
  readonly #lines: Interface

  constructor() {
    const args = ['--input-type=module', '-e', CALLS, socketPath]
    const cwd = dirname(fileURLToPath(import.meta.url))
    this.#child = spawn(process.execPath, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface(this.#child.stdout!)
  }

  /** Milliseconds of each call that was answered since this was asked before; there is at least one. */
  async times(): Promise<number[]> {
    for (;;) {
      this.#child.stdin!.write('\n')
      const [line] = (await once(this.#lines, 'line')) as [string]
      const times = JSON.parse(line) as number[]
      if (times.length > 0) return times
    }
  }

  close(): void {
    this.#child.stdin!.end()
  }
}

beforeAll(async () => {
  server = await place.serve()
  // The first of each kind loads code and makes room that is kept.
  for (const bomb of [body, frame]) await bomb(Buffer.alloc(MIB, 'x'))
  others = new Caller()
  await others.times()
  await sleep(3_000)
  usual = await others.times()
})

afterAll(async () => {
  others.close()
  await place.close()
  const [before, during] = [p99(usual), p99(beside)]
  console.log(
    `figure: p99 of ${usual.length} calls of others ${before.toFixed(1)} ms, of ${beside.length} beside ` +
      `the bombs ${during.toFixed(1)} ms: ${(during / before).toFixed(2)} x`,
  )
})

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!
}

/** Resident memory of the server in MiB: at this moment, or the most since {@link forgetPeak}. */
function memory(key: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8')
  return Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024
}

function forgetPeak(): void {
  writeFileSync(`/proc/${server.child.pid}/clear_refs`, '5')
}

/** The error that a request is answered with, however much of it the server has read. */
async function body(bytes: Buffer, encoding = 'identity'): Promise<unknown> {
  return await send(`Content-Encoding: ${encoding}\r\nContent-Length: ${bytes.length}`, [bytes])
}

/** 1 GB in chunks, or as much of it as the server lets through. */
async function endless(): Promise<unknown> {
  const chunk = Buffer.from(`100000\r\n${' '.repeat(MIB)}\r\n`)
  return await send('Transfer-Encoding: chunked', Array<Buffer>(1_024).fill(chunk))
}

async function send(headers: string, chunks: readonly Buffer[]): Promise<unknown> {
  const socket = connect({ path: socketPath })
  socket.on('error', () => undefined)
  const answered = once(socket, 'data') as Promise<[Buffer]>
  const isOver = answered.then(() => true)
  socket.write(
    `POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`,
  )
  for (const chunk of chunks) {
    if (socket.write(chunk)) continue
    if (await Promise.race([once(socket, 'drain').then(() => false), isOver])) break
  }
  const [answer] = await answered
  socket.destroy()
  return (JSON.parse(answer.toString().split('\r\n\r\n')[1]!) as { error?: unknown }).error
}

/** The code with which a WebSocket is closed, or the error of the answer. */
async function frame(bytes: Buffer): Promise<unknown> {
  const socket = new WebSocket(`ws+unix:${socketPath}:/ws`)
  socket.on('error', () => undefined)
  await once(socket, 'open')
  const closed = once(socket, 'close').then(([code]) => code as number)
  const answered = once(socket, 'message').then(
    ([data]) => (JSON.parse(String(data)) as { error?: unknown }).error,
  )
  socket.send(bytes, { binary: false })
  const outcome = await Promise.race([closed, answered])
  socket.terminate()
  return outcome
}

/** Connections that send a header and never its end. */
async function slowLoris(): Promise<unknown> {
  const sockets: Socket[] = []
  for (let index = 0; index < 500; index += 1) {
    const socket = connect({ path: socketPath })
    socket.on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    socket.write('POST /rpc HTTP/1.1\r\nX-Slow: ')
  }
  const error = await body(Buffer.from('[]'))
  for (const socket of sockets) socket.destroy()
  return error
}

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(',')

/** Three characters: a million of them fit into the 8 MiB that a body may have. */
const shortKey = (index: number): string => (index % 46_656).toString(36).padStart(3, '0')

const call = (params: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"logs.insert","params":${params}}`

function bodyOf(text: string | Buffer, encoding?: string): () => Promise<unknown> {
  const bytes = Buffer.from(text)
  return () => body(bytes, encoding)
}

function frameOf(text: string): () => Promise<unknown> {
  const bytes = Buffer.from(text)
  return () => frame(bytes)
}

const TOO_LARGE = { data: { code: 'LimitExceeded' } }

/** What is sent is made first: that is no work of the server's. */
const BOMBS: readonly [name: string, make: () => () => Promise<unknown>, answer: unknown][] = [
  ['a body of 1 GB', () => endless, TOO_LARGE],
  [
    '256 MB in a gzip',
    () => bodyOf(gzipSync(Buffer.alloc(256 * MIB, 0x20), { level: 1 }), 'gzip'),
    TOO_LARGE,
  ],
  ['100,000 levels', () => bodyOf('['.repeat(100_000) + ']'.repeat(100_000)), { code: -32600 }],
  [
    '1,000,000 keys',
    () => bodyOf(`{${many(1_000_000, (i) => `"${shortKey(i)}":1`)}}`),
    { code: -32600 },
  ],
  ['10,000 calls', () => bodyOf(`[${many(10_000, () => call('{}'))}]`), { code: -32600 }],
  [
    '100,000 entries',
    () => bodyOf(call(`{"source":"a","entries":[${many(100_000, () => '{"text":"x"}')}]}`)),
    { code: -32602 },
  ],
  ['__proto__', () => bodyOf(call('{"__proto__":{"source":"a","entries":[]}}')), { code: -32602 }],
  ['a WebSocket frame of 100 MiB', () => frameOf('x'.repeat(100 * MIB)), 1009],
  ['a WebSocket frame of 10,000 levels', () => frameOf('['.repeat(10_000)), { code: -32600 }],
  ['500 connections that never finish a header', () => slowLoris, { code: -32600 }],
]

test.each(BOMBS)('S11: %s', async (_, make, answer) => {
  const throwIt = make()
  forgetPeak()
  const before = memory('VmRSS')
  await others.times()
  const outcome = await throwIt()
  // Somebody else was served meanwhile.
  beside.push(...(await others.times()))
  if (typeof answer === 'number') expect(outcome).toBe(answer)
  else expect(outcome).toMatchObject(answer as object)
  expect(memory('VmHWM') - before).toBeLessThanOrEqual(GROWTH_MIB_MAX)
})
