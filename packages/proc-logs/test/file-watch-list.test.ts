// The list of followed files on disk; how it is served is in logs-plugin and the command line's tests.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogs } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { FileSources } from '../src/file-sources.js'
import { FileWatchList } from '../src/file-watch-list.js'

async function openList() {
  const dir = mkdtempSync(join(tmpdir(), 'list-'))
  const logs = await openLogs({ dir: join(dir, 'logs') })
  const told: string[] = []
  const files = new FileSources(logs, join(dir, 'files'), (text) => void told.push(text))
  onTestFinished(async () => {
    await files.close()
    await logs.close()
    rmSync(dir, { recursive: true })
  })
  mkdirSync(join(dir, 'files'))
  return {
    dir,
    told,
    path: join(dir, 'files', '.list'),
    open: () => new FileWatchList(join(dir, 'files'), files, (text) => void told.push(text)),
  }
}

async function call(list: FileWatchList, name: string, params: object): Promise<unknown> {
  const method = list.methods().find((one) => one.name === name)
  return await (method!.handler as (params: object) => Promise<unknown>)(params)
}

test('FileWatchList keeps what was added, also when much is added at once', async () => {
  const { dir, path, open } = await openList()
  const list = open()
  const all = Array.from({ length: 20 }, (_, i) => ({
    name: `n${i}`,
    paths: Array.from({ length: 1 + (i % 3) }, (_, k) => join(dir, `${i}-${k}`)),
  }))
  await Promise.all(all.map((one) => call(list, 'files.add', one)))
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(all)
  expect(await call(open(), 'files.list', {})).toEqual({ files: all })
  expect(await call(list, 'files.remove', { name: 'n0' })).toEqual({ removed: true })
  expect(await call(open(), 'files.list', {})).toEqual({ files: all.slice(1) })
})

test.each([
  '[{"na',
  '{}',
  'null',
  '[null]',
  '[{"name":"a","paths":"/a"}]',
  '[{"name":1,"paths":[]}]',
])('FileWatchList sets a list aside that is %s, and says so', async (text) => {
  const { path, told, open } = await openList()
  writeFileSync(path, text)
  expect(await call(open(), 'files.list', {})).toEqual({ files: [] })
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text)
  expect(existsSync(path)).toBe(false)
  expect(told).toEqual([
    `${path} is damaged and was set aside as ${path}.damaged: files of no service are to be added again`,
  ])
})

test('FileWatchList does not take a list that cannot be read for none', async () => {
  const { path, told, open } = await openList()
  mkdirSync(path)
  const message = expect.stringContaining(path) as string
  expect(open).toThrow(expect.objectContaining({ code: 'EISDIR', path, message }))
  expect(told).toEqual([])
})
