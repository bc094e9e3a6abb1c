import { expect, test } from 'vitest'
import { createRouter } from '../src/router.js'
import type { Route } from '../src/router.js'

function route(method: Route['method'], path: string): Route {
  return { method, path, handler: () => undefined }
}

const find = createRouter([
  route('GET', '/cups/:id'),
  route('GET', '/cups/all'),
  route('PUT', '/cups/:cup'),
  route('GET', '/cups/:id/parts/:part'),
])

test.each([
  ['GET', '/cups/all', '/cups/all', {}],
  ['GET', '/cups/a%2Fb', '/cups/:id', { id: 'a/b' }],
  ['GET', '/cups/a/parts/b', '/cups/:id/parts/:part', { id: 'a', part: 'b' }],
  ['GET', '/cups/__proto__', '/cups/:id', { id: '__proto__' }],
  ['PUT', '/cups/all', '/cups/:cup', { cup: 'all' }],
])('createRouter() leads %s %s to %s', (method, path, pattern, params) => {
  const found = find(method, path)
  expect(found.route?.path).toBe(pattern)
  expect(found).toMatchObject({ params })
})

test.each([
  ['GET', '/cups', []],
  ['GET', '/cups/', []],
  ['GET', '/cups/%zz', []],
  ['GET', '/cups/a/', []],
  ['POST', '/cups/a', ['GET', 'PUT']],
])('createRouter() leads %s %s nowhere', (method, path, allowed) => {
  expect(find(method, path)).toEqual({ allowed })
})

test('createRouter() refuses two routes that are the same, and a relative one', () => {
  const twice = [route('GET', '/cups/:id'), route('GET', '/cups/:cup')]
  expect(() => createRouter(twice)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Expected one route GET /cups/:cup, got two]`,
  )
  expect(() => createRouter([route('GET', 'cups')])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Expected a path that begins with /, got cups]`,
  )
})
