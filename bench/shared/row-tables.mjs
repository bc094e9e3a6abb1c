// Tables of one row a line, to measure the store against: `lean` has integers where there can be integers
// and one index, `text` is what one writes down first, with an index for each thing that is asked for.
import { openDatabase, openReadOnly } from './sqlite.mjs'

const LEVELS = ['error', 'warning', 'info', 'info', 'info', 'debug']

const SCHEMAS = {
  lean: {
    create: `
      CREATE TABLE logs (
        id INTEGER PRIMARY KEY, ts INTEGER, source INTEGER, level INTEGER, line TEXT
      );
      CREATE INDEX logs_by_source ON logs (source, id)`,
    values: (ts, source, n, line) => [ts, source, n % LEVELS.length, line],
    source: (source) => source,
    tail: 'SELECT * FROM logs WHERE source = ? ORDER BY id DESC LIMIT 200',
  },
  text: {
    create: `
      CREATE TABLE logs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, source TEXT, level TEXT, line TEXT
      );
      CREATE INDEX logs_by_ts ON logs (ts);
      CREATE INDEX logs_by_source ON logs (source);
      CREATE INDEX logs_by_level ON logs (level)`,
    values: (ts, source, n, line) => [
      new Date(ts).toISOString(),
      `service${source}`,
      LEVELS[n % LEVELS.length],
      line,
    ],
    source: (source) => `service${source}`,
    tail: 'SELECT * FROM logs WHERE source = ? ORDER BY ts DESC LIMIT 200',
  },
}

/**
 * Creates a table. Returns `{ add(count, lineOf), deleteOlderHalf(), vacuum(), close() }`; `add` is one
 * transaction.
 *
 * @param {{ schema: 'lean' | 'text', journal?: 'WAL' | 'DELETE', sync?: 'NORMAL' | 'FULL' }} settings
 */
export function openRowTable(path, { schema, journal = 'WAL', sync = 'NORMAL' }) {
  const { create, values } = SCHEMAS[schema]
  const db = openDatabase(path)
  db.pragma(`journal_mode = ${journal}`)
  db.pragma(`synchronous = ${sync}`)
  // A reader that holds the file is waited for.
  db.pragma('busy_timeout = 5000')
  db.exec(create)
  const insert = db.prepare('INSERT INTO logs (ts, source, level, line) VALUES (?, ?, ?, ?)')
  let n = 0
  const add = db.transaction((count, lineOf) => {
    const ts = Date.now()
    for (let i = 0; i < count; i += 1) {
      const { line, source } = lineOf(i)
      insert.run(...values(ts, source, n++, line))
    }
  })
  return {
    add: (count, lineOf) => add.immediate(count, lineOf),
    deleteOlderHalf: () => db.exec('DELETE FROM logs WHERE id <= (SELECT max(id) / 2 FROM logs)'),
    checkpoint: () => db.pragma('wal_checkpoint(TRUNCATE)'),
    vacuum: () => db.exec('VACUUM'),
    close: () => db.close(),
  }
}

/** Returns `{ tail(source), search(text), close() }`: how many rows each finds. */
export function openQuestions(path, schema) {
  const { tail, source: sourceOf } = SCHEMAS[schema]
  const db = openReadOnly(path)
  const last = db.prepare(tail)
  const like = db.prepare('SELECT * FROM logs WHERE line LIKE ?')
  return {
    tail: (source) => last.all(sourceOf(source)).length,
    search: (text) => like.all(`%${text}%`).length,
    close: () => db.close(),
  }
}
