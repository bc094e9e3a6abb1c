// docs/reference/http.md has one heading a route, and no heading without one.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openHouse } from '../house.js'

const page = readFileSync(new URL('../../../../docs/reference/http.md', import.meta.url), 'utf8')
const headings = [...page.matchAll(/^## `(\w+) (\S+)`$/gm)].map(
  ([, method = '', path = '']) => [method, path] as const,
)

test('docs/reference/http.md tells every route of the plugin', async () => {
  const { plugin } = await openHouse()
  const routes = [
    ...(plugin.routes ?? []).map(({ method, path }) => `${method} ${path}`),
    ...(plugin.sockets ?? []).map(({ path }) => `WS ${path}`),
  ]
  const told = new Set(headings.map((one) => one.join(' ')))
  expect(routes.filter((route) => !told.has(route))).toEqual([])
})

test('docs/reference/http.md tells nothing that is not there', async () => {
  const house = await openHouse()
  const definition = { name: 'console', command: ['cat'], capture: 'tee' }
  await house.call('service.add', { definition })
  for (const [method, pattern] of headings) {
    const path = pattern.replace(':id', 'app').replace(':service', 'console')
    if (method === 'WS') {
      // A route may refuse what there is not, such as a service; what is no route says so.
      const refusal = await house.open(path).then(
        ({ socket }) => socket.terminate(),
        (error: Error) => error.message,
      )
      expect([path, refusal]).not.toEqual([path, expect.stringContaining('no WebSocket at')])
      continue
    }
    // Any other method is refused with what there is.
    const { status, headers } = await house.ask(path, { method: 'DELETE' })
    expect([path, status, headers.allow?.split(', ')]).toEqual([
      path,
      405,
      expect.arrayContaining([method]),
    ])
  }
})
