// Types of version-1.mjs.
import type Database from 'better-sqlite3'

export function downgrade(db: Database.Database): void
export function downgradeStore(
  dir: string,
  edit: (path: string, work: (db: Database.Database) => void) => void,
): void
