import { expect, test } from 'vitest'
import { checkDependencies, dependentsOf } from '../src/dependencies.js'

const graph = (edges: Record<string, string[]>) =>
  Object.entries(edges).map(([name, depends_on]) => ({ name, depends_on }))

test('checkDependencies() takes a graph without a way back', () => {
  checkDependencies(graph({ web: ['db', 'cache'], cache: ['db'], db: [], alone: [] }))
})

test.each([
  [{ web: ['web'] }, 'Services depend on each other: web -> web'],
  [{ a: ['b'], b: ['c'], c: ['b'] }, 'Services depend on each other: b -> c -> b'],
  [{ a: ['d'] }, 'Service a depends on d, which is not defined'],
])('checkDependencies() refuses %j by name', (edges, message) => {
  expect(() => checkDependencies(graph(edges))).toThrow(message)
})

test('dependentsOf() names those that depend on it directly', () => {
  expect(dependentsOf('db', graph({ web: ['cache'], cache: ['db'], db: [] }))).toEqual(['cache'])
})

test('checkDependencies() leaves alone what is not to be checked, but for ways back', () => {
  const [web, other, ...rest] = graph({ web: ['lost'], other: ['web'], a: ['b'], b: ['a'] })
  checkDependencies([web!, other!], [other!])
  expect(() => checkDependencies([web!, other!], [web!])).toThrow('depends on lost')
  expect(() => checkDependencies([other!, web!, ...rest], [other!])).toThrow('a -> b -> a')
})
