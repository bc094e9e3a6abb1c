// Turns a closed store into what version 1 wrote: for the tests of migrations.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Turns a partition, opened as `db`, into one of version 1. */
export function downgrade(db) {
  db.exec(`
    DROP TABLE floors; DROP TABLE chain_end;
    ALTER TABLE block_data ADD COLUMN signature BLOB;
    UPDATE block_data SET signature =
      (SELECT bits FROM signatures WHERE signatures.first_seq = block_data.first_seq);
    DROP TABLE signatures;
    ALTER TABLE blocks DROP COLUMN prev_crc;
    DELETE FROM meta WHERE name = 'first_seq';
    UPDATE meta SET value = '1' WHERE name = 'schema_version'`)
  const update = db.prepare('UPDATE blocks SET crc = ? WHERE first_seq = ?')
  const blocks = db.prepare('SELECT first_seq, data FROM block_data').all()
  for (const { first_seq, data } of blocks) update.run(crc32(data), first_seq)
}

/** The same for a whole store; `edit` opens a file, works on it and closes it. */
export function downgradeStore(dir, edit) {
  const partitions = readdirSync(dir).filter((name) => /^p-\d+\.db$/.test(name))
  for (const name of partitions) edit(join(dir, name), downgrade)
  edit(join(dir, 'catalog.db'), (db) => {
    db.exec(`
      DROP TABLE retention; DROP TABLE tombstones; DROP TABLE floors;
      DELETE FROM meta WHERE name = 'newest';
      UPDATE meta SET value = '1' WHERE name = 'schema_version'`)
  })
}
