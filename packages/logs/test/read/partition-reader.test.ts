// The reader's statements walk an index in the order asked for: no sorting, whatever the store's size.
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import {
  SELECT_ASCENDING,
  SELECT_CANDIDATES,
  SELECT_DESCENDING,
} from '../../src/read/partition-reader.js'
import { PARTITION_SCHEMA } from '../../src/store/schema.js'

const BOUNDS = {
  afterSeq: 0,
  beforeSeq: 2 ** 53,
  levelMask: 1,
  streamMask: 1,
  since: 0,
  until: 1,
  sourceIds: null,
}

test.each([
  ['ascending', SELECT_ASCENDING, 'blocks'],
  ['descending', SELECT_DESCENDING, 'blocks_by_last_seq'],
])('blocks() %s walks %3$s', (_, sql, index) => {
  const db = new Database(':memory:')
  db.exec(PARTITION_SCHEMA)
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(BOUNDS) as { detail: string }[]
  db.close()
  const details = plan.map(({ detail }) => detail).join('\n')
  expect(details).toContain(index)
  expect(details).not.toContain('TEMP B-TREE')
})

test('candidates are looked up by the primary key', () => {
  const db = new Database(':memory:')
  db.exec(PARTITION_SCHEMA)
  const bounds = { ...BOUNDS, candidates: '[1]', descending: 0 }
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${SELECT_CANDIDATES}`).all(bounds)
  db.close()
  const details = (plan as { detail: string }[]).map(({ detail }) => detail).join('\n')
  expect(details).toContain('SEARCH blocks USING INTEGER PRIMARY KEY')
})
