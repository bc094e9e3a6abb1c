// Where options come from, and which wins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkFileOptions, logOptions, readConfig } from '../src/config.js'

function dirWith(config?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'hero-config-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  if (config !== undefined) writeFileSync(join(dir, 'hero_proc.toml'), config)
  return dir
}

test('readConfig() takes flags before environment, file and default', async () => {
  const options =
    '[options]\nhold_ms = 200\nflush_delay_ms = 20\nsysmon_interval = 5\nhttp = "[::1]:0"'
  const dataDir = dirWith(options)
  const env = { HERO_PROC_HOLD_MS: '300', HERO_PROC_DURABILITY: 'interval' }
  const items = await readConfig({ dataDir, sysmonInterval: 3 }, env)
  const found = Object.fromEntries(items.map(({ name, value, origin }) => [name, [value, origin]]))
  expect(found).toMatchObject({
    data_dir: [dataDir, 'flag'],
    hold_ms: [300, 'environment'],
    flush_delay_ms: [20, 'file'],
    durability: ['interval', 'environment'],
    queue_bytes_max: [null, 'default'],
    sysmon_interval: [3, 'flag'],
    http: ['[::1]:0', 'file'],
    config: [join(dataDir, 'hero_proc.toml'), 'default'],
  })
  expect(logOptions(items)).toEqual({ holdMs: 300, flushDelayMs: 20, durability: 'interval' })
})

test('readConfig() takes the file that is named before that of the data dir', async () => {
  const dataDir = dirWith('[options]\nhold_ms = 200')
  const other = join(dirWith('[options]\nhold_ms = 300'), 'hero_proc.toml')
  const holdMs = async (...args: Parameters<typeof readConfig>): Promise<unknown> =>
    logOptions(await readConfig(...args)).holdMs
  expect(await holdMs({ dataDir }, {})).toBe(200)
  expect(await holdMs({ dataDir }, { HERO_PROC_CONFIG: other })).toBe(300)
  expect(await holdMs({ dataDir, config: other }, { HERO_PROC_CONFIG: '/no/such' })).toBe(300)
  expect(await holdMs({ dataDir: dirWith() }, {})).toBeUndefined()
  await expect(readConfig({ dataDir, config: '/no/such.toml' }, {})).rejects.toMatchObject({
    code: 'NotFound',
  })
})

test.each([
  [
    '[options]\nhold = 1',
    'hero_proc.toml: Unknown key "hold" in options, expected only queue_bytes_max, ',
  ],
  ['[option]\nhold_ms = 1', 'Unknown key "option", expected service or options'],
  ['options = 1', 'Expected options to be a table'],
  ['[options', 'Invalid TOML document'],
  ['[options]\nhold_ms = "long"', 'Expected hold_ms to be a number, got "long"'],
  ['[options]\ndurability = 1', 'Expected durability to be a string, got 1'],
])('readConfig() refuses the file %j', async (config, message) => {
  await expect(readConfig({ dataDir: dirWith(config) }, {})).rejects.toThrow(message)
})

test('checkFileOptions() takes what readConfig() does', () => {
  expect(() => checkFileOptions({ hold_ms: 1, durability: 'batch' })).not.toThrow()
  expect(() => checkFileOptions({ sysmon: 1 })).toThrow('Unknown key "sysmon" in options')
})
