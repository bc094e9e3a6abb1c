import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogsPlugin } from '@hero/proc-logs'
import { expect, onTestFinished, test } from 'vitest'

test('openLogsPlugin() leaves no store open when the plugin cannot be made', async () => {
  const base = mkdtempSync(join(tmpdir(), 'plugin-'))
  onTestFinished(() => rmSync(base, { recursive: true }))
  const dir = join(base, 'logs')
  const list = join(base, 'files', '.list')
  mkdirSync(list, { recursive: true })
  const error = { code: 'EISDIR', path: list }
  await expect(openLogsPlugin({ dir, followFiles: true })).rejects.toMatchObject(error)
  // One process at a time writes to a store: it would be refused.
  rmSync(list, { recursive: true })
  const plugin = await openLogsPlugin({ dir, followFiles: true })
  await plugin.close?.()
})
