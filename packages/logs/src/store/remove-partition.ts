// Taking a partition out of the store: first the catalog learns what goes, then the file goes. A crash in
// between leaves a file whose tombstone says that it is on its way out; the next start finishes that.
import { existsSync } from 'node:fs'
import { LIMITS } from '../model/limits.js'
import { openIfWhole } from './block-file.js'
import type { Catalog, Tombstone } from './catalog.js'
import { isDamage } from './database.js'
import { tallySources } from './source-tally.js'
import { fileBytes, unlinkPartition } from './store-files.js'
import type { PartitionFile } from './store-files.js'

/** What left the store. */
export interface Removal {
  readonly partitions: number
  readonly lines: number
  /** Of files. */
  readonly bytes: number
}

export const NOTHING: Removal = { partitions: 0, lines: 0, bytes: 0 }

interface RemoveOptions {
  readonly removed_ts: number
  readonly hidden: 0 | 1
  readonly letGo: (path: string) => void
}

/** Removes a partition that takes no more batches, one block or source a step. */
export function* removePartition(
  { path, firstSeq }: PartitionFile,
  catalog: Catalog,
  { letGo, ...how }: RemoveOptions,
): Generator<void, Removal> {
  const bytes = fileBytes(path)
  const tombstones = yield* tombstonesOf(path, { partition: firstSeq, ...how })
  // Gone in the meantime, as a full disk asks for it: what was in it is counted already.
  if (!existsSync(path)) return NOTHING
  catalog.bury(tombstones, LIMITS.tombstoneRunsBytesMax)
  letGo(path)
  unlinkPartition(path)
  return { partitions: 1, lines: tombstones.reduce((sum, { lines }) => sum + lines, 0), bytes }
}

// A damaged file is removed all the same: what was in it can be counted no more. One that only cannot be
// opened for now is an error, and stays.
function* tombstonesOf(
  path: string,
  how: Pick<Tombstone, 'partition' | 'removed_ts' | 'hidden'>,
): Generator<void, Tombstone[]> {
  const file = openIfWhole(path)
  if (!file) return []
  try {
    const names = new Map(file.keys().map(({ sourceId, source }) => [sourceId, source]))
    const tombstones: Tombstone[] = []
    for (const [sourceId, { runs, ...tally }] of yield* tallySources(file)) {
      const source = names.get(sourceId) ?? `#${sourceId}`
      tombstones.push({ ...how, source, ...tally, runs: runs.encode() })
      yield
    }
    return tombstones
  } catch (error) {
    if (isDamage(error)) return []
    throw error
  } finally {
    file.close()
  }
}
