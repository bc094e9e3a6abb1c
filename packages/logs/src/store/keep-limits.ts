// What retention keeps: of the store, and of a source that has limits of its own.
import { statfsSync } from 'node:fs'
import { LIMITS } from '../model/limits.js'

/** Null: no limit. */
export interface KeepLimits {
  /** Newest lines of a source. Integer from 0; the store as a whole has none. */
  readonly lines?: number | null
  /** Of the store: size of its files. Of a source: text and fields of its lines, before packing. */
  readonly bytes?: number | null
  /** Age in milliseconds. Integer from 1,000. */
  readonly ageMs?: number | null
}

export const NO_LIMITS = { lines: null, bytes: null, ageMs: null } as const

/**
 * Checks limits as a caller gave them and completes them.
 *
 * @throws {TypeError | RangeError} Saying what was expected and what came.
 */
export function resolveKeepLimits(limits: KeepLimits): Required<KeepLimits> {
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) {
    throw new TypeError(`Expected limits to be an object, got ${JSON.stringify(limits)}`)
  }
  const { lines = null, bytes = null, ageMs = null, ...unknown } = limits
  const [first] = Object.keys(unknown)
  if (first !== undefined) {
    throw new TypeError(`Expected lines, bytes or ageMs as limits, got ${JSON.stringify(first)}`)
  }
  check('lines', lines, 0)
  check('bytes', bytes, 0)
  check('ageMs', ageMs, LIMITS.keepAgeMsMin)
  return { lines, bytes, ageMs }
}

/** How much disk the store takes when nobody says: a tenth of the disk, at most 4 GiB, as journald. */
export function defaultStoreBytes(dir: string): number {
  const { blocks, bsize } = statfsSync(dir)
  return Math.min(LIMITS.storeBytesDefault, Math.floor((blocks * bsize) / 10))
}

/** Size at which partitions are closed, so that retention has several to choose from. */
export function partitionBytesFor(wanted: number, storeBytes: number | null): number {
  if (storeBytes === null) return wanted
  return Math.max(LIMITS.partitionBytesMin, Math.min(wanted, Math.floor(storeBytes / 8)))
}

function check(name: string, value: number | null, min: number): void {
  if (value === null || (Number.isSafeInteger(value) && value >= min)) return
  throw new RangeError(
    `Expected ${name} to be null or an integer of at least ${min}, got ${String(value)}`,
  )
}
