import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openLogs } from '@hero/logs'
import type { RpcContext } from '@hero/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { insertMethod } from '../src/insert-methods.js'
import { SERVING_LIMITS } from '../src/serving-limits.js'

const { insertTurnEntries } = SERVING_LIMITS
const CONTEXT: RpcContext = {
  transport: 'unix',
  caller: { transport: 'unix', address: 'unix' },
  signal: new AbortController().signal,
}

test('logs.insert lets others have their turn between entries', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'insert-'))
  const logs = await openLogs({ dir })
  onTestFinished(async () => {
    await logs.close()
    rmSync(dir, { recursive: true })
  })
  let taken = 0
  const entry = {
    get text() {
      taken += 1
      return 'x'
    },
  }
  const entries = Array(insertTurnEntries * 2 + 1).fill(entry)
  const answer = insertMethod(logs).handler({ source: 'a', entries } as never, CONTEXT)
  await nextTurn()
  expect(taken).toBe(insertTurnEntries)
  expect(await answer).toMatchObject({ accepted: entries.length, dropped: 0 })
})
