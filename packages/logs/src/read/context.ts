// Lines around matches. Matches of one source that are near each other make a cluster, which is read as one
// stretch; what other filters a query has does not matter for the lines around.
import type { Entry } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import type { ResolvedQuery } from './resolve-query.js'

/** Reads a page of a query, all of it: in the thread of the reader, with bounds of its own. */
export type ReadEntries = (query: ResolvedQuery) => readonly Entry[]

export interface ContextAnswer {
  /** Matches and the lines around them, in the query's order. */
  readonly entries: readonly Entry[]
  /** How many of the matches are among them. */
  readonly matches: number
}

/**
 * Adds `query.context` lines of the same source around each match.
 *
 * @param isSpent Asked between clusters: when it says so, the matches that are left are left out.
 */
export function addContext(
  matches: readonly Entry[],
  query: ResolvedQuery,
  read: ReadEntries,
  isSpent: () => boolean,
): ContextAnswer {
  const around: Entry[] = []
  let kept = matches.length
  for (const cluster of clustersOf(matches, query)) {
    const isFull = around.length >= LIMITS.queryLimitMax
    if (around.length > 0 && (isFull || isSpent())) {
      kept = Math.max(1, matches.indexOf(cluster[0]!))
      break
    }
    around.push(...linesAround(cluster, query, read))
  }
  const shown = matches.slice(0, kept)
  const edge = shown.at(-1)?.seq
  const seqs = new Set(matches.map(({ seq }) => seq))
  const context = around.filter(({ seq }) => !seqs.has(seq))
  const isCut = kept < matches.length && edge !== undefined
  const near = isCut ? context.filter((entry) => isNear(entry, shown, query.context)) : context
  const all = [...shown, ...near.map((entry): Entry => ({ ...entry, context: true }))]
  const order = query.descending ? -1 : 1
  return { entries: all.toSorted((a, b) => order * (a.seq - b.seq)), matches: kept }
}

function isNear(entry: Entry, matches: readonly Entry[], lines: number): boolean {
  return matches.some(({ source, n }) => source === entry.source && Math.abs(n - entry.n) <= lines)
}

// By the place of their first match, so that those left out are the last ones.
function clustersOf(matches: readonly Entry[], { context }: ResolvedQuery): Entry[][] {
  const clusters: Entry[][] = []
  const last = new Map<string, Entry[]>()
  for (const match of matches) {
    const cluster = last.get(match.source)
    const isNext =
      cluster !== undefined &&
      Math.abs(match.n - cluster.at(-1)!.n) <= 2 * context + 1 &&
      Math.abs(match.n - cluster[0]!.n) <= LIMITS.queryLimitMax
    if (isNext) cluster.push(match)
    else {
      clusters.push([match])
      last.set(match.source, clusters.at(-1)!)
    }
  }
  return clusters
}

function linesAround(
  cluster: readonly Entry[],
  query: ResolvedQuery,
  read: ReadEntries,
): readonly Entry[] {
  const ends = [cluster[0]!, cluster.at(-1)!]
  const [first, last] = query.descending ? ends.toReversed() : ends
  const all = { ...unfiltered(query, first!.source), limit: query.context }
  const before = read({ ...all, beforeSeq: first!.seq, descending: true })
  const between =
    first === last
      ? []
      : read({
          ...all,
          afterSeq: first!.seq,
          beforeSeq: last!.seq,
          limit: LIMITS.queryLimitMax,
        })
  const after = read({ ...all, afterSeq: last!.seq })
  return [...before, ...between, ...after]
}

/** Returns a query for everything of one source. */
export function unfiltered(query: ResolvedQuery, source: string): ResolvedQuery {
  return {
    ...query,
    sources: [source],
    originMask: -1,
    streamMask: -1,
    levelMask: -1,
    runs: null,
    since: 0,
    until: Number.MAX_SAFE_INTEGER,
    contains: null,
    regex: null,
    fields: null,
    afterSeq: 0,
    beforeSeq: Number.MAX_SAFE_INTEGER,
    resumes: false,
    descending: false,
    limit: LIMITS.queryLimitMax,
    context: 0,
    join: false,
  }
}
