// The tries of a degraded start, with a start that fails as the test says.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRpcClient } from '@hero/rpc/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serveDegraded } from '../src/degraded.js'
import { CliError, EXIT } from '../src/exit.js'
import type { Opening } from '../src/opening.js'

const denied = (why: string): Error => new CliError(EXIT.permission, why)

test('serveDegraded() tries until it can start, and says each reason once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hero-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const flags = { dataDir: join(folder, 'data'), socketDir: folder }
  const client = createRpcClient({ socketPath: join(folder, 'hero_proc', 'rpc.sock') })
  onTestFinished(() => client.close())
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => said.mockRestore())

  const tries: Opening[] = []
  const serve = async (opening: Opening): Promise<number> => {
    tries.push(opening)
    const { held, serving } = opening.front!
    expect(serving).toBe(tries[0]!.front!.serving)
    held.sink({ source: 'web', origin: 'rpc' }).write({ text: 'x' })
    if (tries.length === 1) throw denied('No rights')
    return 0
  }
  expect(await serveDegraded(flags, denied('No rights'), serve)).toBe(0)
  expect(tries).toHaveLength(2)
  const lines = said.mock.calls
    .map(([text]) => String(text))
    .join('')
    .split('\n')
  expect(lines).toEqual([
    `hero_proc: Degraded at ${folder}/hero_proc/rpc.sock (pid ${process.pid}): No rights`,
    expect.stringMatching(/^hint: Mend /),
    'hero_proc: 2 lines are lost: the data dir could not be used',
    '',
  ])
  await expect(client.call('rpc.health')).rejects.toMatchObject({ code: 'Unavailable' })
})
