// Secrets that a service prints, cut anywhere, or that come over RPC, WebSocket and OpenTelemetry: with `redact`
// none is in the files, the entries, the exports, the metrics or an error, and each is counted.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openHouse, temporaryFolder } from '../house.js'
import type { House } from '../house.js'

/** Secrets without the words around them; each holds `S3cr3t`. */
const LINES: readonly string[] = Array.from({ length: 5 }, (_, i) => [
  `password=S3cr3t-a${i}`,
  `{"user":"ann","api_key":"S3cr3t-b${i}"}`,
  `connecting to postgres://ann:S3cr3t-c${i}@db:5432/app`,
  `> Authorization: Bearer S3cr3t-d${i}-aaaaaaaa`,
  `env DB_PASSWORD='S3cr3t e${i}' ./start`,
  `run --token S3cr3t-f${i} --verbose`,
  `Set-Cookie: session=S3cr3t-g${i}; HttpOnly`,
  `pushed with ghp_S3cr3tabcdefghijklmnopqrstuvwxyz${i}`,
  `using sk-proj-S3cr3tabcdefghijklmnop${i}`,
  `the value is S3cr3tValueOfTheEnvironment${i}`,
]).flat()

// Writes its input in pieces of so many bytes, so that every one of them is read by itself.
const PRINTS = `
  const text = process.env.TEXT, size = Number(process.env.SIZE)
  let at = 0
  const next = () => {
    if (at >= text.length) return
    process.stdout.write(text.slice(at, at + size))
    at += size
    setTimeout(next, at % 70 < size ? 120 : 1)
  }
  next()
`

test('50 secrets, cut anywhere, are nowhere', async () => {
  const dir = temporaryFolder()
  const house = await openHouse(dir)
  for (const size of [7, 11, 64]) await runService(house, size)
  await insert(house)
  const { totals, sources } = await house.call<{
    totals: { redacted_total: number }
    sources: Record<string, { redacted: number }>
  }>('log_batcher.stats')
  expect(LINES).toHaveLength(50)
  for (const [name, { redacted }] of Object.entries(sources)) {
    if (name.startsWith('pipe:')) expect([name, redacted]).toEqual([name, LINES.length])
  }
  expect(sources['rpc:inserted']!.redacted).toBe(2 * (LINES.length - 5))
  expect(sources['ws:inserted']!.redacted).toBe(LINES.length - 5)
  const told = [
    await everything(house),
    String((await house.ask('/metrics')).body),
    String((await house.ask('/logs/printed-7/export')).body.toString('latin1')),
  ]
  expect(told[0]).toContain('[redacted]')
  expect(told[1]).toContain(`hero_proc_redacted_total ${totals.redacted_total}`)
  for (const text of told) expect(text).not.toContain('S3cr3t')
  expect(foundInFiles(dir)).toEqual([])
  await house.close()
  expect(foundInFiles(dir)).toEqual([])
})

test('without redact they are all there: what hides them is the setting', async () => {
  const dir = temporaryFolder()
  const house = await openHouse(dir)
  await house.insert('plain', LINES)
  expect(await everything(house)).toContain('S3cr3t')
  expect(foundInFiles(dir)).not.toEqual([])
})

async function runService(house: House, size: number): Promise<void> {
  const known = LINES.filter((line) => line.includes('TheEnvironment'))
  const secrets = known.map((line, i) => [`APP_SECRET_${i}`, line.split(' ').at(-1)!])
  const definition = {
    name: `printed-${size}`,
    command: [process.execPath, '-e', PRINTS],
    env: { TEXT: LINES.join('\n'), SIZE: String(size), ...Object.fromEntries(secrets) },
    capture: 'pipe',
    restart: 'never',
    log: { redact: true },
  }
  const ended = house.plugin.logs.follow({ sources: [definition.name] })
  await house.call('service.add', { definition, start: true })
  for await (const { fields } of ended) if (fields?.['event'] === 'run.exited') break
}

async function insert(house: House): Promise<void> {
  const lines = LINES.filter((line) => !line.includes('TheEnvironment'))
  await house.call('log_batcher.configure', { source: 'inserted', redact: true })
  await house.insert('inserted', lines)
  const entries = lines.map((text) => ({ text: 'with fields', fields: { nested: { text } } }))
  await house.call('logs.insert', { source: 'inserted', entries, ack: 'commit' })
  const { socket } = await house.open('/ingest/inserted')
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  for (let at = 0; at < bytes.length; at += 9) socket.send(bytes.subarray(at, at + 9))
  socket.close()
  let stored = 0
  while (stored < lines.length) {
    const query = { sources: ['inserted'], origins: ['ws'], limit: 1_000 }
    stored = (await house.call<{ entries: unknown[] }>('logs.query', query)).entries.length
  }
}

async function everything(house: House): Promise<string> {
  return JSON.stringify(await house.call('logs.query', { limit: 10_000 }))
}

/** Files of the log that hold a secret as it is; small blocks are not packed. */
function foundInFiles(dir: string): string[] {
  const logs = join(dir, 'logs')
  return readdirSync(logs).filter((name) => readFileSync(join(logs, name)).includes('S3cr3t'))
}
