// The options of `openLogs`: optional outside, complete inside.
import { isAbsolute, resolve } from 'node:path'
import { LIMITS } from './model/limits.js'
import { wallClock } from './model/clock.js'
import type { Clock } from './model/clock.js'
import { DURABILITIES } from './store/database.js'
import type { Durability } from './store/database.js'

export interface LogsOptions {
  /** Directory of the store; created, readable by its owner only, if it does not exist. */
  readonly dir: string
  /**
   * Bytes accepted but not yet committed. At the limit new lines are held back or dropped and counted.
   * Integer, 1,048,576 to 1,073,741,824.
   * @default 10_485_760
   */
  readonly queueBytesMax?: number
  /**
   * Delay from a batch's first line to its commit, in milliseconds. Integer, 1 to 10,000.
   * @default 50
   */
  readonly flushDelayMs?: number
  /**
   * Longest time for which a producer is paused before its newest lines are dropped (overflow `hold`),
   * in milliseconds. Integer, 1 to 60,000.
   * @default 100
   */
  readonly holdMs?: number
  /**
   * `batch`: a commit survives power loss. `interval`: at most about a second is lost then, nothing
   * when only the process dies.
   * @default 'batch'
   */
  readonly durability?: Durability
  /**
   * Size at which a partition file is closed, in bytes. Integer, 65,536 to 2^40.
   * @default 67_108_864
   */
  readonly partitionBytes?: number
  /**
   * Age at which a partition file is closed, in milliseconds. Integer, 1,000 to 2^40.
   * @default 86_400_000
   */
  readonly partitionAgeMs?: number
  /**
   * Bytes that the store's files may take; beyond it the oldest partitions are removed. Null: no limit.
   * Integer from 1,048,576. Limits set at run time with `setRetention` go before it.
   * @default a tenth of the disk, at most 4_294_967_296
   */
  readonly keepBytes?: number | null
  /**
   * Age in milliseconds from which partitions are removed. Null: no limit. Integer from 1,000.
   * @default null
   */
  readonly keepAgeMs?: number | null
  /** Microseconds since the epoch, for entries without a time of their own. @default the wall clock */
  readonly clock?: Clock
}

export type ResolvedLogsOptions = Required<Omit<LogsOptions, 'keepBytes'>> & {
  /** Undefined: a share of the disk. */
  readonly keepBytes: number | null | undefined
}

/**
 * Checks and completes the options.
 *
 * @throws {TypeError} If a key is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of its range.
 */
export function resolveLogsOptions(options: LogsOptions): ResolvedLogsOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected options to be an object, got ${String(options)}`)
  }
  const {
    dir,
    queueBytesMax = LIMITS.queueBytesDefault,
    flushDelayMs = LIMITS.flushDelayMsDefault,
    holdMs = LIMITS.holdMsDefault,
    durability = 'batch',
    partitionBytes = LIMITS.partitionBytesDefault,
    partitionAgeMs = LIMITS.partitionAgeMsDefault,
    keepBytes,
    keepAgeMs = null,
    clock = wallClock,
    ...unknown
  } = options
  const [first] = Object.keys(unknown)
  if (first !== undefined)
    throw new TypeError(`Unknown option ${JSON.stringify(first)} of openLogs`)
  if (typeof dir !== 'string' || dir === '') {
    throw new TypeError(`Expected dir to be a path, got ${JSON.stringify(dir)}`)
  }
  if (!DURABILITIES.includes(durability)) {
    throw new TypeError(`Expected durability to be batch or interval, got ${String(durability)}`)
  }
  if (typeof clock !== 'function') {
    throw new TypeError(`Expected clock to be a function, got ${typeof clock}`)
  }
  return {
    dir: isAbsolute(dir) ? dir : resolve(dir),
    queueBytesMax: within(
      'queueBytesMax',
      queueBytesMax,
      LIMITS.queueBytesMin,
      LIMITS.queueBytesMax,
    ),
    flushDelayMs: within('flushDelayMs', flushDelayMs, 1, LIMITS.flushDelayMsMax),
    holdMs: within('holdMs', holdMs, 1, LIMITS.holdMsMax),
    durability,
    partitionBytes: within('partitionBytes', partitionBytes, LIMITS.partitionBytesMin, 2 ** 40),
    partitionAgeMs: within('partitionAgeMs', partitionAgeMs, 1_000, 2 ** 40),
    keepBytes: keepBytes == null ? keepBytes : within('keepBytes', keepBytes, 2 ** 20, 2 ** 50),
    keepAgeMs:
      keepAgeMs === null ? null : within('keepAgeMs', keepAgeMs, LIMITS.keepAgeMsMin, 2 ** 50),
    clock,
  }
}

function within(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new RangeError(
    `Expected ${name} to be an integer from ${min} to ${max}, got ${String(value)}`,
  )
}
