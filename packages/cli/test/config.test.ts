// Where options come from, and which wins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { logOptions, readConfig } from '../src/config.js'

function dirWith(config?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'hero-config-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  if (config !== undefined) writeFileSync(join(dir, 'config.json'), config)
  return dir
}

test('readConfig() takes flags before environment, file and default', () => {
  const dataDir = dirWith('{"hold_ms": 200, "flush_delay_ms": 20}')
  const env = { HERO_PROC_HOLD_MS: '300', HERO_PROC_DURABILITY: 'interval' }
  const items = readConfig({ dataDir }, env)
  const found = Object.fromEntries(items.map(({ name, value, origin }) => [name, [value, origin]]))
  expect(found).toMatchObject({
    data_dir: [dataDir, 'flag'],
    hold_ms: [300, 'environment'],
    flush_delay_ms: [20, 'file'],
    durability: ['interval', 'environment'],
    queue_bytes_max: [null, 'default'],
  })
  expect(logOptions(items)).toEqual({ holdMs: 300, flushDelayMs: 20, durability: 'interval' })
})

test.each([
  ['{"hold": 1}', 'Unknown key "hold" in '],
  ['[]', 'to be a JSON object'],
  ['{', 'to be a JSON object'],
  ['{"hold_ms": "long"}', 'Expected hold_ms in config.json to be a number, got "long"'],
  ['{"durability": 1}', 'Expected durability in config.json to be a string, got 1'],
])('readConfig() refuses the file %s', (config, message) => {
  expect(() => readConfig({ dataDir: dirWith(config) }, {})).toThrow(message)
})
