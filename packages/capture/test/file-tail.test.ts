import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FileTail } from '../src/file-tail.js'

test('FileTail follows what matches, also in a folder that comes later, and no packed or rotated ones', async () => {
  const base = mkdtempSync(join(tmpdir(), 'tail-'))
  const folder = join(base, 'later')
  const seen: string[] = []
  let wake = (): void => undefined
  const tail = new FileTail({
    pattern: join(folder, 'a?c-*.log*'),
    lineBytesMax: 1_024,
    onFile: (path) => ({
      from: undefined,
      attach: () => undefined,
      onSwitch: () => Promise.resolve(),
      onLines: ({ bytes, start, end }) => {
        seen.push(
          `${path.slice(folder.length + 1)}: ${Buffer.from(bytes.subarray(start, end)).toString()}`,
        )
        wake()
      },
    }),
  })
  onTestFinished(async () => {
    await tail.close()
    rmSync(base, { recursive: true })
  })
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      wake = () => void (seen.length >= count && resolve())
      wake()
    })
  mkdirSync(folder)
  for (const name of ['abc-1.log', 'aXc-.log', 'abd-1.log', 'abc-1.log.1', 'abc-1.log.2.gz']) {
    writeFileSync(join(folder, name), 'one\n')
  }
  await until(2)
  appendFileSync(join(folder, 'abc-1.log'), 'two\n')
  await until(3)
  expect(seen.toSorted()).toEqual(['aXc-.log: one\n', 'abc-1.log: one\n', 'abc-1.log: two\n'])
})
