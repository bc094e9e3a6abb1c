// Notes of one source, over a real store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FilePosition, FollowedFile } from '@hero/capture'
import { openLogs } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { FilePositions } from '../src/file-positions.js'
import { FileSource } from '../src/file-source.js'

function at(ino: number, offset: number): FilePosition {
  return { dev: 1, ino, offset, mark: Buffer.from('x'.repeat(offset)).toString('base64') }
}

async function openSource() {
  const dir = mkdtempSync(join(tmpdir(), 'source-'))
  const logs = await openLogs({ dir: join(dir, 'logs') })
  const positions = new FilePositions(join(dir, 'files'))
  const file = { position: at(1, 0), isSkipping: false, pause: () => undefined }
  const source = new FileSource({
    logs,
    positions,
    source: 'app:app.log',
    path: join(dir, 'app.log'),
    settings: {},
    onDetach: () => undefined,
  })
  onTestFinished(async () => {
    source.close()
    await logs.close()
    rmSync(dir, { recursive: true })
  })
  source.attach(file as unknown as FollowedFile)
  /** The file was read on by a line. */
  const read = (line: string): void => {
    const bytes = Buffer.from(`${line}\n`)
    const end = bytes.length
    source.onLines({
      bytes,
      start: 0,
      end,
      lines: 1,
      stream: 'none',
      ts: 1,
      part: 'none',
      terminated: true,
    })
    file.position = at(file.position.ino, file.position.offset + end)
  }
  return { source, file, read, note: () => positions.read('app:app.log') }
}

test('FileSource notes how far was read, and not again while nothing comes', async () => {
  const { source, read, note } = await openSource()
  await source.onSwitch(at(1, 0), undefined)
  expect(note()).toEqual({ position: at(1, 0), received: 0, earlier: [] })
  read('one')
  await source.note()
  expect(note()).toEqual({ position: at(1, 4), received: 1, earlier: [] })
})

test.each(['before', 'after'])(
  'FileSource: a note that begins %s a switch does not undo it',
  async (when) => {
    const { source, read, note } = await openSource()
    await source.onSwitch(at(1, 0), undefined)
    read('one')
    // Until it resolves the file stands where it did.
    const work = [() => source.note(), () => source.onSwitch(at(2, 0), undefined)]
    const begun = (when === 'before' ? work : work.toReversed()).map((begin) => begin())
    await Promise.all(begun)
    expect(note()).toEqual({ position: at(2, 0), received: 1, earlier: [] })
  },
)

test('FileSource.detach() leaves no note of a file that was deleted, also when one is begun meanwhile', async () => {
  const { source, read, note } = await openSource()
  await source.onSwitch(at(1, 0), undefined)
  read('one')
  await Promise.all([source.note(), source.detach(true), source.note()])
  expect(note()).toBeUndefined()
})

test('FileSource.detach() notes where a file was left that is elsewhere now', async () => {
  const { source, read, note } = await openSource()
  await source.onSwitch(at(1, 0), undefined)
  read('one')
  await source.detach(false)
  expect(note()).toEqual({ position: at(1, 4), received: 1, earlier: [] })
})
