// Taking a partition out of the store: first the catalog learns what goes, then the file goes. A crash in
// between leaves a file whose tombstone says that it is on its way out; the next start finishes that.
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { BlockFile } from './block-file.js'
import type { Catalog, Tombstone } from './catalog.js'
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

interface RemoveOptions {
  readonly removed_ts: number
  readonly hidden: 0 | 1
  readonly letGo: (path: string) => void
}

/** Removes a partition that takes no more batches, one block a step. */
export function* removePartition(
  { path, firstSeq }: PartitionFile,
  catalog: Catalog,
  { letGo, ...how }: RemoveOptions,
): Generator<void, Removal> {
  const bytes = fileBytes(path)
  const tombstones = yield* tombstonesOf(path, { partition: firstSeq, ...how })
  catalog.bury(tombstones, LIMITS.tombstoneRunsBytesMax)
  letGo(path)
  unlinkPartition(path)
  return { partitions: 1, lines: tombstones.reduce((sum, { lines }) => sum + lines, 0), bytes }
}

function* tombstonesOf(
  path: string,
  how: Pick<Tombstone, 'partition' | 'removed_ts' | 'hidden'>,
): Generator<void, Tombstone[]> {
  const file = tryOpen(path)
  if (!file) return []
  try {
    const names = new Map(file.keys().map(({ sourceId, source }) => [sourceId, source]))
    const tallies = yield* tallySources(file)
    return [...tallies].map(([sourceId, { runs, ...tally }]) => ({
      ...how,
      source: names.get(sourceId) ?? `#${sourceId}`,
      ...tally,
      runs: runs.encode(),
    }))
  } finally {
    file.close()
  }
}

// A file that cannot be read is unlinked all the same: what was in it can be counted no more.
function tryOpen(path: string): BlockFile | undefined {
  try {
    return new BlockFile(path)
  } catch (error) {
    if (error instanceof LogsError) return undefined
    throw error
  }
}
