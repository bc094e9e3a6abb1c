// What a reader that goes on after a cursor has missed: lines of the sources it asks for that are gone, up
// to a horizon behind which nothing it asks for is gone (docs/decisions/0006).
import { Tombstones } from '../store/catalog.js'
import { countLines, finish } from '../store/source-tally.js'
import type { PartitionFile } from '../store/store-files.js'
import type { LineFilter } from './line-filter.js'
import type { PartitionReader } from './partition-reader.js'
import { overlapping } from './partition-cache.js'

export interface MissedLines {
  readonly lost: number
  /** Up to this seq nothing is left of the sources that are asked for. */
  readonly horizon: number
}

/** Up to this seq all lines of the sources that are asked for are hidden; 0 if none is. */
export function hiddenUpTo({ sourceIds, sourceNames, floors }: LineFilter): number {
  let lowest = Infinity
  for (const id of sourceIds ?? sourceNames.keys()) lowest = Math.min(lowest, floors.get(id) ?? 0)
  return lowest === Infinity ? 0 : lowest
}

/**
 * Counts what is gone after the cursor of `filter`; undefined if nothing is. A removed partition may still
 * be among `files`: it counts as removed.
 */
export function missedLines(
  dir: string,
  filter: LineFilter,
  files: readonly PartitionFile[],
  visit: (file: PartitionFile, count: (partition: PartitionReader) => number) => number | undefined,
): MissedLines | undefined {
  const { query, sourceIds, sourceNames, floors } = filter
  const ids = [...(sourceIds ?? sourceNames.keys())]
  const lowestFloor = hiddenUpTo(filter)
  // The commonest answer, without looking into the catalog: the oldest file goes back far enough.
  const reachesBack = (files[0]?.firstSeq ?? Infinity) <= query.afterSeq + 1
  if (reachesBack && lowestFloor <= query.afterSeq) return undefined
  const tombstones = new Tombstones(dir)
  try {
    const horizon = Math.max(tombstones.horizon(), lowestFloor)
    if (horizon <= query.afterSeq) return undefined
    const names = new Set(ids.map((id) => sourceNames.get(id)!))
    let lost = tombstones.lines(query.afterSeq, horizon, (name) => names.has(name))
    const removed = tombstones.partitions()
    for (const file of overlapping(files, { ...query, beforeSeq: horizon + 1 })) {
      if (removed.has(file.firstSeq)) continue
      const hidden = (partition: PartitionReader): number =>
        ids.reduce((sum, id) => {
          const upTo = Math.min(floors.get(id) ?? 0, horizon)
          if (upTo <= query.afterSeq) return sum
          return sum + finish(countLines(partition, id, query.afterSeq, upTo)).lines
        }, 0)
      // What was in a damaged one can be counted no more.
      lost += visit(file, hidden) ?? 0
    }
    return lost === 0 ? undefined : { lost, horizon }
  } finally {
    tombstones.close()
  }
}
