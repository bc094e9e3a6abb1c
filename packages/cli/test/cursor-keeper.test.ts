// The cursor file: read before, written whole after.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WireEntry } from '@hero/logs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CursorKeeper } from '../src/cursor-keeper.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hero-cursor-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const entry = (seq: number): WireEntry => ({ seq, cursor: `c${seq}` }) as WireEntry

describe('CursorKeeper', () => {
  test('keeps the cursor of the newest entry in either direction', () => {
    const keeper = new CursorKeeper(undefined)
    for (const seq of [3, 5, 4]) keeper.see(entry(seq))
    expect(keeper.cursor).toBe('c5')
  })

  test('writes what the next one reads, and leaves nothing else behind', () => {
    const file = join(folder, 'cursor')
    const keeper = new CursorKeeper(file)
    expect(keeper.read()).toBeUndefined()
    keeper.see(entry(9))
    keeper.save()
    expect(new CursorKeeper(file).read()).toBe('c9')
    expect(readdirSync(folder)).toEqual(['cursor'])
  })

  test('leaves the file alone when nothing was shown', () => {
    const file = join(folder, 'cursor')
    writeFileSync(file, 'old\n')
    new CursorKeeper(file).save()
    expect(readFileSync(file, 'utf8')).toBe('old\n')
  })
})
