// Stores for the tests of the store: made through the library, then copied as a killed process leaves
// them, or edited as a failing disk does.
import { randomBytes } from 'node:crypto'
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogs } from '@hero/logs'
import type { Entry, Logs, LogsOptions } from '@hero/logs'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { BlockRecord } from '../../src/store/block-meta.js'
import { listPartitions } from '../../src/store/store-files.js'
import { freshDir, readAll, region } from '../support.js'

/** Opens a store that is closed when the test has finished. */
export async function open(dir: string, more: Partial<LogsOptions> = {}): Promise<Logs> {
  const logs = await openLogs({ dir, durability: 'interval', ...more })
  onTestFinished(() => logs.close())
  return logs
}

/** Writes `lines` lines of some 100 bytes that do not pack, numbered from `from`. */
export function writeLines(logs: Logs, source: string, lines: number, from = 0): void {
  let text = ''
  for (let i = from; i < from + lines; i++) {
    text += `${source} ${i} ${randomBytes(60).toString('base64')}\n`
  }
  logs.sink({ source, origin: 'pipe' }).writeLines(region(text), 1)
}

/**
 * Fills a store of several partitions with lines of two sources, in sealed and staged blocks.
 *
 * @returns All entries, in order.
 */
export async function fill(logs: Logs, rounds = 12): Promise<Entry[]> {
  for (let round = 0; round < rounds; round++) {
    writeLines(logs, 'large', 800, round * 800)
    await logs.sync()
    for (let i = 0; i < 3; i++) {
      writeLines(logs, 'small', 2, round * 6 + i * 2)
      writeLines(logs, 'other', 1, round * 3 + i)
      await logs.sync()
    }
  }
  return readAll(logs, { limit: 10_000 })
}

/**
 * A copy of a store of several partitions: as a killed process leaves it, everything committed and WALs in
 * place, or closed. Made once a test file.
 */
export async function storeCopy(
  state: 'killed' | 'closed',
): Promise<{ dir: string; entries: readonly Entry[] }> {
  made ??= makeStore()
  const { folder, entries } = await made
  const dir = join(freshDir(), 'logs')
  cpSync(join(folder, state), dir, { recursive: true })
  return { dir, entries }
}

let made: Promise<{ folder: string; entries: readonly Entry[] }> | undefined

async function makeStore(): Promise<{ folder: string; entries: readonly Entry[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'logs-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const dir = join(folder, 'closed')
  const logs = await openLogs({ dir, partitionBytes: 131_072, durability: 'interval' })
  const entries = await fill(logs)
  cpSync(dir, join(folder, 'killed'), { recursive: true })
  await logs.close()
  return { folder, entries }
}

/** A copy of an open store as a kill at this moment would leave it. */
export function cutOff(dir: string): string {
  const copy = join(freshDir(), 'logs')
  cpSync(dir, copy, { recursive: true })
  return copy
}

/** Edits a file behind the library's back. */
export function edit<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** Overwrites the first page of a table, as a failing disk does: SQLite says so when it comes to it. */
export function breakTable(path: string, table: string): void {
  const sql = 'SELECT rootpage FROM sqlite_schema WHERE name = ?'
  breakPage(path, edit(path, (db) => db.prepare(sql).pluck().get(table)) as number)
}

/** Breaks the chain of pages that holds the data of one block, and returns the block's row. */
export function breakBlock(path: string): BlockRecord {
  // Of the chain that has a second page.
  const sql = `SELECT path, pageno FROM dbstat
    WHERE name = 'block_data' AND pagetype = 'overflow' ORDER BY path`
  const pages = edit(path, (db) => db.prepare(sql).all()) as { path: string; pageno: number }[]
  const second = pages.findIndex((page) => page.path.endsWith('+000001'))
  breakPage(path, pages[second - 1]!.pageno)
  return edit(path, (db) => {
    const records = db.prepare('SELECT * FROM blocks').all() as BlockRecord[]
    const data = db.prepare('SELECT data FROM block_data WHERE first_seq = ?')
    return records.find(({ first_seq }) => {
      try {
        data.get(first_seq)
        return false
      } catch {
        return true
      }
    })!
  })
}

/** Overwrites the beginning of a page, as a failing disk does. */
export function breakPage(path: string, page: number): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.alloc(64, 0xff), 0, 64, (page - 1) * 4096)
  closeSync(fd)
}

/** Paths of the partitions of a store, oldest first. */
export function partitionPaths(dir: string): string[] {
  return listPartitions(dir).map(({ path }) => path)
}

/** What of an entry must be the same wherever it is read from. */
export function essence({ seq, n, ts, source, text, bytes }: Entry): unknown[] {
  return [seq, n, ts, source, text ?? Buffer.from(bytes!).toString('hex')]
}
