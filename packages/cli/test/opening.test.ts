// Which errors of a start are waited for, and what a try gives to the next one.
import { describe, expect, test } from 'vitest'
import { CliError, EXIT, usageError } from '../src/exit.js'
import { isOfDataDir, Opening, serveWhenUsable } from '../src/opening.js'

const FLAGS = { dataDir: '/data' }

function system(code: string, path = '/data/x'): Error {
  return Object.assign(new Error(`${code}: open '${path}'`), { code, path, syscall: 'open' })
}

function permission(cause?: Error): Error {
  const error = new CliError(EXIT.permission, 'Cannot write to the data dir')
  return cause === undefined ? error : Object.assign(error, { cause })
}

const denied = Object.assign(new Error('logs cannot be opened'), { code: 'PermissionDenied' })
const inTheWay = Object.assign(new Error('no folder'), {
  code: 'PermissionDenied',
  cause: system('ENOTDIR'),
})
const config = (path: string): Error =>
  Object.assign(new Error('Cannot read it'), { code: 'Unavailable', cause: system('EACCES', path) })

describe('isOfDataDir()', () => {
  test.each([
    ['no rights', permission(system('EACCES')), true],
    ['another owner', permission(system('EPERM')), true],
    ['a read-only file system', permission(system('EROFS')), true],
    ['a lock that SQLite cannot open', permission(denied), true],
    ['a store that cannot be opened', denied, true],
    ['a configuration file in it', config('/data/hero_proc.toml'), true],
    ['a configuration file elsewhere', config('/etc/hero_proc.toml'), false],
    ['a configuration file beside it', config('/data.toml'), false],
    ['a file in its way', permission(inTheWay), false],
    ['another hero_proc', new CliError(EXIT.unreachable, 'Another hero_proc'), false],
    ['a wrong option', usageError('Expected a number'), false],
    ['a full disk', system('ENOSPC'), false],
  ])('%s', (_name, error, expected) => {
    expect(isOfDataDir(error, FLAGS)).toBe(expected)
  })
})

describe('serveWhenUsable()', () => {
  test('gives back what it exits with', async () => {
    expect(await serveWhenUsable(FLAGS, async () => 7)).toBe(7)
  })

  test('throws what is no lack of rights, and what comes when the store is open', async () => {
    const fault = usageError('Expected a number')
    await expect(serveWhenUsable(FLAGS, () => Promise.reject(fault))).rejects.toBe(fault)
    const late = permission(system('EACCES'))
    const serve = (opening: Opening): Promise<number> => {
      opening.opened({} as never)
      return Promise.reject(late)
    }
    await expect(serveWhenUsable(FLAGS, serve)).rejects.toBe(late)
  })
})

test('Opening.join() ends by either signal', () => {
  const [own, front] = [new AbortController(), new AbortController()]
  expect(new Opening().join(own.signal)).toBe(own.signal)
  const { signal } = front
  const rest = { held: {} as never, serving: undefined, opened: () => undefined }
  const joined = new Opening({ ...rest, signal }).join(own.signal)
  expect(joined.aborted).toBe(false)
  front.abort()
  expect(joined.aborted).toBe(true)
})
