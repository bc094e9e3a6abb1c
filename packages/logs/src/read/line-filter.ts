// What a line must fulfil to be shown: the query in terms of one store, its source ids, runs and floors.
import type { Fields } from '../model/entry.js'
import { KIND } from '../store/block-rows.js'
import type { BlockRows } from '../store/block-rows.js'
import type { StoredKey } from '../store/key-rows.js'
import { fieldsTest } from './fields.js'
import { sourceTest } from './resolve-query.js'
import type { ResolvedQuery } from './resolve-query.js'
import { TextSearch } from './text-search.js'

export interface LineFilter {
  readonly query: ResolvedQuery
  readonly sourceNames: ReadonlyMap<number, string>
  /** Null: every source. */
  readonly sourceIds: ReadonlySet<number> | null
  /** By source id: lines up to this seq are hidden. */
  readonly floors: ReadonlyMap<number, number>
  /** By source id; null: every run. */
  readonly runMatches: ((sourceId: number, run: number) => boolean) | null
  /** Null: every text. */
  readonly search: TextSearch | null
  /** Null: with any fields, or none. */
  readonly fieldsMatch: ((fields: Fields) => boolean) | null
}

/** Resolves a query against the accounts of a store; undefined if no line can match. */
export function lineFilter(
  query: ResolvedQuery,
  keys: readonly StoredKey[],
  floors: ReadonlyMap<number, number>,
): LineFilter | undefined {
  const sourceNames = new Map(keys.map(({ sourceId, source }) => [sourceId, source]))
  const test = query.sources === null ? null : sourceTest(query.sources)
  const ids = test && [...sourceNames.keys()].filter((id) => test(sourceNames.get(id)!))
  if (ids?.length === 0) return undefined
  const { contains, regex, runs } = query
  return {
    query,
    sourceNames,
    sourceIds: ids && new Set(ids),
    floors,
    runMatches: runs === null ? null : runTest(runs, keys),
    search: contains === null && regex === null ? null : new TextSearch(contains, regex),
    fieldsMatch: fieldsTest(query),
  }
}

/** Returns the lines of a block whose columns match, ascending. */
export function matchingColumns(rows: BlockRows, filter: LineFilter): number[] {
  const { query, sourceIds, floors, runMatches } = filter
  const { afterSeq, beforeSeq, originMask, streamMask, levelMask, since, until } = query
  const found: number[] = []
  for (let i = 0; i < rows.count; i++) {
    const seq = rows.seq[i]!
    if (seq <= afterSeq || seq >= beforeSeq) continue
    const source = rows.source[i]!
    if (sourceIds !== null && !sourceIds.has(source)) continue
    const kind = rows.kind[i]!
    if ((streamMask & (1 << (kind & 3))) === 0) continue
    if ((originMask & (1 << ((kind >> 4) & 15))) === 0) continue
    if ((levelMask & (1 << rows.level[i]!)) === 0) continue
    const ts = rows.ts[i]!
    if (ts < since || ts > until) continue
    if (floors.size > 0 && seq <= (floors.get(source) ?? 0)) continue
    if (runMatches !== null && !runMatches(source, rows.run[i]!)) continue
    found.push(i)
  }
  return found
}

/** Returns those of the lines whose fields match. The block's text must be unpacked. */
export function matchingFields(
  { fields, fieldsStart, kind }: BlockRows,
  lines: readonly number[],
  matches: (fields: Fields) => boolean,
): readonly number[] {
  return lines.filter((i) => {
    const [start, end] = [fieldsStart[i]!, fieldsStart[i + 1]!]
    if (end === start || fieldsKey(kind[i]!) !== 'fields') return false
    return matches(JSON.parse(fields.toString('utf8', start, end)) as Fields)
  })
}

function runTest(
  runs: readonly number[] | 'last',
  keys: readonly StoredKey[],
): (sourceId: number, run: number) => boolean {
  if (runs !== 'last') {
    const wanted = new Set(runs)
    return (_, run) => wanted.has(run)
  }
  const last = new Map<number, number>()
  for (const { sourceId, lastRun } of keys) {
    last.set(sourceId, Math.max(last.get(sourceId) ?? 0, lastRun))
  }
  return (sourceId, run) => last.get(sourceId) === run
}

// Gaps and repeats keep what they tell where other entries keep their fields.
export function fieldsKey(kind: number): 'fields' | 'gap' | 'repeat' {
  if (kind & KIND.gap) return 'gap'
  return kind & KIND.repeat ? 'repeat' : 'fields'
}
