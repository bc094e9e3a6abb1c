import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FilePositions } from '../src/file-positions.js'

const ONE = { dev: 1, ino: 1, offset: 4, mark: 'b25lCg==' }
const TWO = { ...ONE, ino: 2 }

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'positions-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('FilePositions: what was written is read, by the next one as well, until it is removed', async () => {
  const dir = folder()
  const positions = new FilePositions(dir)
  expect(positions.read('web:a/b')).toBeUndefined()
  const note = { position: ONE, received: 1, earlier: [TWO] }
  await positions.write('web:app.log', note)
  const next = new FilePositions(dir)
  for (const one of [positions, next]) {
    expect(one.read('web:app.log')).toEqual(note)
    const app = { source: 'web:app.log', positions: [TWO] }
    expect(one.readers('web:', TWO)).toEqual([app])
    expect(one.readers('web:', { dev: 2, ino: 2 })).toEqual([])
    expect(one.readers('api:', TWO)).toEqual([])
  }
  await next.remove('web:app.log')
  await next.remove('web:app.log')
  expect(next.read('web:app.log')).toBeUndefined()
  expect(next.readers('web:', ONE)).toEqual([])
})

test.each([
  '{"posit',
  '[]',
  'null',
  JSON.stringify({ position: { ...ONE, ino: 'x' }, received: 1 }),
  JSON.stringify({ position: ONE }),
  JSON.stringify({ position: ONE, received: 1, earlier: [{}] }),
])('FilePositions.read(): %s is no note', (text) => {
  const dir = folder()
  writeFileSync(join(dir, 'app.json'), text)
  expect(new FilePositions(dir).read('app')).toBeUndefined()
})

test('FilePositions.read(): a note that cannot be read is not taken for none', () => {
  const dir = folder()
  const path = join(dir, 'app.json')
  mkdirSync(path)
  const positions = new FilePositions(dir)
  expect(() => positions.read('app')).toThrow(
    expect.objectContaining({
      code: 'EISDIR',
      path,
      message: expect.stringContaining(path) as string,
    }),
  )
})
