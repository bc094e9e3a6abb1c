// Flags win over the environment, the environment over defaults.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveSettings } from '../src/settings.js'

describe('resolveSettings()', () => {
  test('has defaults', () => {
    const hero = join(homedir(), 'hero', 'var')
    expect(resolveSettings({}, { HERO_PROC_DATA_DIR: '' })).toEqual({
      dataDir: join(hero, 'hero_proc'),
      isDataDirGiven: false,
      logsDir: join(hero, 'hero_proc', 'logs'),
      socketPath: join(hero, 'sockets', 'hero_proc', 'rpc.sock'),
    })
  })

  test('takes the environment, and flags before it', () => {
    const env = { HERO_PROC_DATA_DIR: '/e/data', HERO_SOCKET_DIR: '/e/run' }
    expect(resolveSettings({}, env)).toMatchObject({
      dataDir: '/e/data',
      isDataDirGiven: true,
      socketPath: '/e/run/hero_proc/rpc.sock',
    })
    expect(resolveSettings({ dataDir: '/f/data', socketDir: '/f/run' }, env)).toMatchObject({
      dataDir: '/f/data',
      socketPath: '/f/run/hero_proc/rpc.sock',
    })
  })

  test('makes paths absolute', () => {
    expect(resolveSettings({ dataDir: 'data' }, {}).dataDir).toBe(join(process.cwd(), 'data'))
  })

  test('refuses a path that a socket cannot have', () => {
    const longest = `/${'s'.repeat(107 - '/hero_proc/rpc.sock'.length - 1)}`
    expect(Buffer.byteLength(resolveSettings({ socketDir: longest }, {}).socketPath)).toBe(107)
    expect(() => resolveSettings({ socketDir: `${longest}s` }, {})).toThrow(
      /is 108 bytes long, expected at most 107$/,
    )
  })
})
