// R23: the first start on a store of version 1 is killed at fifty of the calls by which it reaches the disk.
// Every file is of the old version or of the new one, and the next start reads all lines.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLogs } from '@hero/logs'
import { downgradeStore } from '../../packages/logs/test/store/version-1.mjs'
import { databases, integrityFailures, openDatabase, readAll } from './place.mjs'
import { fillStore } from './store.mjs'
import { countCalls, runKilledAt } from './traced.mjs'

const OPEN = fileURLToPath(new URL('open-run.mjs', import.meta.url))
const POINTS = 50
const LINES = 2_000

export const migrationKill = {
  id: 'R23',
  what: 'SIGKILL at 50 of the calls of the first start on a store of version 1',
  bound: 'old or new schema, never between, all lines read: 50 of 50',
  needs: ['strace'],
  async run({ count }) {
    const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
    const failures = []
    try {
      const old = join(folder, 'old')
      await fillStore(old, { lines: LINES })
      downgradeStore(old, edit)
      const store = join(folder, 'store')
      const renew = () => {
        rmSync(store, { recursive: true, force: true })
        cpSync(old, store, { recursive: true })
      }
      renew()
      const counts = await countCalls(OPEN, [store], join(folder, 'trace'))
      const all = Object.entries(counts).flatMap(([call, times]) =>
        Array.from({ length: times }, (_, i) => ({ call, nth: i + 1 })),
      )
      const points = Math.min(all.length, Math.max(1, Math.round((POINTS * count) / 200)))
      let held = 0
      for (let i = 0; i < points; i++) {
        const { call, nth } = all[Math.floor((i * all.length) / points)]
        renew()
        await runKilledAt(call, nth, OPEN, [store])
        const found = await look(store)
        if (found.length === 0) held++
        for (const failure of found) failures.push(`${call} ${nth}: ${failure}`)
      }
      return { figure: `${held} of ${points} held, out of ${all.length} calls`, failures }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function look(dir) {
  const copy = `${dir}-copy`
  cpSync(dir, copy, { recursive: true })
  const failures = databases(copy).flatMap((name) => between(join(copy, name)))
  rmSync(copy, { recursive: true })
  const logs = await openLogs({ dir })
  const entries = await readAll(logs, { origins: ['rpc'] })
  if (entries.length !== LINES) failures.push(`${entries.length} of ${LINES} lines`)
  if (logs.quarantined.length > 0) failures.push(`set aside: ${logs.quarantined.join(', ')}`)
  await logs.close()
  return [...failures, ...integrityFailures(dir)]
}

/** A version number and tables that do not go together. */
function between(path) {
  const db = openDatabase(path)
  const version = db.prepare("SELECT value FROM meta WHERE name = 'schema_version'").pluck().get()
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  db.close()
  const isNew = tables.includes('floors')
  return (version === '1') === isNew
    ? [`${path}: version ${version} with ${tables.join(', ')}`]
    : []
}

function edit(path, work) {
  const db = openDatabase(path)
  work(db)
  db.close()
}
