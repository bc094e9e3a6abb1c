// The process that serves the page: who may look, what is served, when it ends.
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAdmin } from '@hero/admin'
import { Stage } from '../e2e/stage.js'

describe('startAdmin()', () => {
  const stage = new Stage()
  let origin = ''
  let port = 0
  let cookie = ''

  beforeAll(async () => {
    await stage.open()
    ;({ origin } = new URL(stage.admin.url))
    port = Number(new URL(stage.admin.url).port)
    const response = await fetch(stage.admin.url, { redirect: 'manual' })
    cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  })

  afterAll(() => stage.close())

  /** Asks with headers that fetch would not send; the status line. */
  async function ask(path: string, headers: Readonly<Record<string, string>>): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(
      `GET ${path} HTTP/1.1\r\n${lines.join('')}${'connection' in headers ? '' : 'connection: close\r\n'}\r\n`,
    )
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    await once(socket, 'close')
    return answer.split('\r\n', 1)[0] ?? ''
  }

  const host = (): string => `127.0.0.1:${port}`

  test('the key in the address becomes a cookie that no script can read', async () => {
    const response = await fetch(stage.admin.url, { redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/')
    expect(response.headers.get('set-cookie')).toMatch(
      /^hero_admin_\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
    )
  })

  test('without the key nothing is answered, not even the page', async () => {
    for (const path of ['/', '/health', '/rpc', '/?key=wrong', '/index.html']) {
      expect((await fetch(`${origin}${path}`)).status, path).toBe(401)
    }
    expect((await fetch(origin, { headers: { cookie: `${cookie}x` } })).status).toBe(401)
  })

  test('the page comes with a policy that lets nothing else in', async () => {
    const response = await fetch(origin, { headers: { cookie } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['a foreign Host', 'evil.example', undefined],
    ['a Host that only begins like ours', '127.0.0.1.evil.example', undefined],
    ['a foreign Origin', undefined, 'http://evil.example'],
    ['the Origin null', undefined, 'null'],
  ])('%s is refused even with the key', async (_, foreignHost, foreignOrigin) => {
    const headers = {
      host: foreignHost ?? host(),
      cookie,
      ...(foreignOrigin === undefined ? {} : { origin: foreignOrigin }),
    }
    expect(await ask('/health', headers)).toContain('403')
  })

  test('a WebSocket that is refused is over, though its other end stays', async () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write(
      `GET /ws HTTP/1.1\r\nhost: ${host()}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`,
    )
    await once(socket.resume(), 'end')
    // Fails only where nobody is left.
    const failed = once(socket, 'close').catch((error: unknown) => error)
    for (let i = 0; i < 10 && !socket.destroyed; i += 1) {
      socket.write('x')
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    expect(await failed).toMatchObject({ code: expect.stringMatching(/^(?:EPIPE|ECONNRESET)$/) })
  })

  test('a WebSocket needs the key and our Origin', async () => {
    const upgrade = {
      host: host(),
      upgrade: 'websocket',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version': '13',
    }
    // Node takes an upgrade for one only with this header, which `ask` adds by itself otherwise.
    const asked = (headers: Readonly<Record<string, string>>): Promise<string> =>
      ask('/ws', { ...upgrade, ...headers, connection: 'Upgrade' })
    expect(await asked({ origin })).toContain('403')
    expect(await asked({ cookie })).toContain('403')
    expect(await asked({ cookie, origin: 'http://evil.example' })).toContain('403')
  })

  test.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/assets/../../../package.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/ingest/web',
    '/attach/web',
    '/admin.json',
  ])('%s is not served', async (path) => {
    expect(await ask(path, { host: host(), cookie })).toContain('404')
  })

  test('calls and answers pass through, whatever their size', async () => {
    await stage.insert('big', [`${'y'.repeat(200_000)}`])
    const headers = { cookie, 'content-type': 'application/json' }
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'logs.tail',
      params: { source: 'big' },
    })
    for (let round = 0; round < 50; round += 1) {
      const response = await fetch(`${origin}/rpc`, { method: 'POST', headers, body })
      const { result } = (await response.json()) as { result: { entries: { text: string }[] } }
      expect(result.entries.map(({ text }) => text.length).reduce((sum, one) => sum + one, 0)).toBe(
        200_000,
      )
    }
  })

  test('its socket is for its owner alone, and there is one of it', async () => {
    expect(statSync(stage.adminPath).mode & 0o777).toBe(0o600)
    const second = startAdmin({ targetPath: stage.socketPath, socketPath: stage.adminPath })
    await expect(second).rejects.toMatchObject({ code: 'Conflict' })
  })

  test('it is idle when nobody has looked for a while, and not while somebody does', async () => {
    const socketPath = `${stage.folder}/idle.sock`
    const admin = await startAdmin({ targetPath: stage.socketPath, socketPath, idleMs: 300 })
    let isIdle = false
    void admin.idle.then(() => (isIdle = true))
    const first = await fetch(admin.url, { redirect: 'manual' })
    const key = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const look = new AbortController()
    const address = `${new URL(admin.url).origin}/events`
    const events = await fetch(address, { headers: { cookie: key }, signal: look.signal })
    expect(events.status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(isIdle).toBe(false)
    look.abort()
    await admin.idle
    await admin.close()
  })

  test('without a hero_proc it says so', async () => {
    const socketPath = `${stage.folder}/alone.sock`
    const admin = await startAdmin({ targetPath: `${stage.folder}/none.sock`, socketPath })
    const first = await fetch(admin.url, { redirect: 'manual' })
    const key = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const response = await fetch(`${new URL(admin.url).origin}/health`, {
      headers: { cookie: key },
    })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ error: { message: 'No hero_proc is running' } })
    await admin.close()
  })
})
