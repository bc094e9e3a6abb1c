// The rest of the surface: hero_logger's methods, the audit, and what speaks of the whole house.
import type { WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { json, numbered, openHouse } from '../house.js'

describe("hero_logger's methods", () => {
  test('write, list and page through', async () => {
    const house = await openHouse()
    for (const msg of numbered(1, 5)) await house.call('log', { id: 'app', level: 'warn', msg })
    await house.call('log', { id: 'web', level: 'info', msg: 'x', ts: '2026-11-21T10:00:00Z' })
    await house.call('logs.sync')
    const { sources } = await house.call<{ sources: string[] }>('list_sources')
    expect(sources).toEqual(expect.arrayContaining(['app', 'web']))
    type Loaded = { entries: { msg: string; level: string }[]; next_offset: number | null }
    const first = await house.call<Loaded>('load', { id: 'app', limit: 2 })
    const second = await house.call<Loaded>('load', {
      id: 'app',
      limit: 2,
      offset: first.next_offset!,
    })
    const third = await house.call<Loaded>('load', {
      id: 'app',
      limit: 2,
      offset: second.next_offset!,
    })
    expect([first, second, third].map(({ entries }) => entries.map(({ msg }) => msg))).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5'],
    ])
    expect([first.entries[0]?.level, third.next_offset]).toEqual(['warning', null])
    expect(await house.call('clear', { id: 'app' })).toEqual({ id: 'app', cleared: 5 })
    expect(await house.call('load', { id: 'app', limit: 2 })).toMatchObject({ entries: [] })
    await expect(house.call('log', { id: 'a', level: 'loud', msg: '' })).rejects.toMatchObject({
      code: -32602,
    })
    await expect(house.call('log', { id: 'a/b', level: 'info', msg: '' })).rejects.toMatchObject({
      code: -32602,
    })
  })
})

test('S2: who changed what stands in the log; what only appends is counted', async () => {
  const house = await openHouse()
  for (let round = 0; round < 20; round += 1) await house.insert('app', ['x'])
  await house.call('log_batcher.configure', { source: 'app', coalesce: true })
  await house.call('service.start', { name: 'ghost' }).catch(() => undefined)
  await house.open('/ingest/app')
  await house.call('logs.sync')
  const { entries } = await house.call<{ entries: WireEntry[] }>('logs.query', {
    contains: 'called',
  })
  const who = `uid ${process.getuid?.()}, pid ${process.pid}`
  expect(entries.map(({ text, source, origin }) => [text, source, origin])).toEqual([
    [`logs.insert called by ${who}`, 'hero_proc', 'system'],
    [`log_batcher.configure called by ${who}`, 'hero_proc', 'system'],
    [`service.start called by ${who}, failed: NotFound`, 'hero_proc', 'system'],
    [`ingest called by ${who}`, 'hero_proc', 'system'],
  ])
})

test('GET /ready, /metrics and the manifest speak of the whole house', async () => {
  const house = await openHouse()
  await house.insert('a:b "quoted"', ['x'])
  expect(json(await house.ask('/ready'))).toEqual({
    ready: true,
    checks: { services: 'ok', logs: 'ok' },
  })
  const manifest = json<Record<string, unknown>>(await house.ask('/.well-known/heroservice.json'))
  expect(manifest).toMatchObject({ name: 'hero_proc', domains: ['services', 'logs'] })
  const figures = (await house.ask('/metrics')).body.toString()
  expect(figures).toContain(
    String.raw`hero_proc_lines_stored_total{origin="rpc",source="a:b \"quoted\""} 1`,
  )
  expect(figures.endsWith('# EOF\n')).toBe(true)
})
