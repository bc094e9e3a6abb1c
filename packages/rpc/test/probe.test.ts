import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answersHttp, askHttp, listensAt } from '../src/probe.js'

async function listen(where: string | number): Promise<AddressInfo> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health?full' ? 200 : 404).end('x'.repeat(100_000))
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((resolve) => void server.listen(where, resolve))
  return server.address() as AddressInfo
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'probe-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('a probe over TCP and over a Unix socket', async () => {
  const path = join(folder(), 'a.sock')
  await listen(path)
  const { port } = await listen(0)
  expect(await listensAt(path)).toBe(true)
  for (const base of [`unix:${path}:`, `http://localhost:${port}`]) {
    expect(await answersHttp(`${base}/health?full`)).toBe(true)
    expect(await answersHttp(`${base}/nothing`)).toBe(false)
    const answer = await askHttp(`${base}/nothing`)
    expect(answer?.status).toBe(404)
    expect(answer?.body.length).toBeGreaterThanOrEqual(65_536)
  }
})

test('a probe of an address of IPv6, and of a path with letters that HTTP does not know', async () => {
  const path = join(folder(), 'a.sock')
  await listen(path)
  const { port } = await listen(0)
  expect(await answersHttp(`http://[::1]:${port}/health?full`)).toBe(true)
  for (const base of [`unix:${path}:`, `http://[::1]:${port}`]) {
    expect((await askHttp(`${base}/→?a=%20 b`))?.status).toBe(404)
  }
})

test('nobody is nobody, not an error', async () => {
  const path = join(folder(), 'nobody.sock')
  expect(await listensAt(path)).toBe(false)
  expect(await askHttp(`unix:${path}:/health`)).toBeUndefined()
  expect(await askHttp('http://127.0.0.1:1/')).toBeUndefined()
})
