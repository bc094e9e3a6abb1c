// The `log` settings of a service definition: checked when the definition comes in, complete when a run
// starts, so that a setting which a new definition no longer has goes back to its default.
import { LIMITS, OVERFLOW_POLICIES } from '@hero/logs'
import type { SourceSettings } from '@hero/logs'
import { compileSchema, Type } from '@hero/rpc'

/** How long a source's lines are kept; what is reached first counts. Handed over to the store. */
export interface RetentionSettings {
  /** Integer, from 0. */
  readonly lines?: number
  /** Text and fields, before packing. Integer, from 0. */
  readonly bytes?: number
  /** Integer, from 1,000. */
  readonly age_ms?: number
}

/** What a definition's `log` may hold. */
export interface LogSettings extends SourceSettings {
  readonly retention?: RetentionSettings
  /** Log files of the service that are followed: absolute paths; `*` and `?` in the last part. */
  readonly files?: readonly string[]
}

const DEFAULTS: Required<SourceSettings> = {
  overflow: 'hold',
  rate_limit: null,
  coalesce: false,
  redact: false,
}
/** Followed paths of one service. */
const FILES_MAX = 64

const LARGEST = Number.MAX_SAFE_INTEGER
const count = Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST }))
const age = Type.Optional(Type.Integer({ minimum: 1_000, maximum: LARGEST }))
const rate = Type.Integer({ minimum: 1, maximum: LIMITS.ratePerSecondMax })

const validate = compileSchema(
  Type.Object(
    {
      overflow: Type.Optional(Type.Union(OVERFLOW_POLICIES.map((word) => Type.Literal(word)))),
      rate_limit: Type.Optional(
        Type.Union([Type.Null(), Type.Object({}, { additionalProperties: true })], {
          description: 'null or an object with lines_per_second and burst',
        }),
      ),
      coalesce: Type.Optional(Type.Boolean()),
      redact: Type.Optional(Type.Boolean()),
      retention: Type.Optional(
        Type.Object({ lines: count, bytes: count, age_ms: age }, { additionalProperties: false }),
      ),
      files: Type.Optional(
        Type.Array(
          Type.String({
            pattern: '^/(?:[^*?\\u0000]*/)?[^/\\u0000]+$',
            description: 'an absolute path',
          }),
          { maxItems: FILES_MAX },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  'definition.log',
)

const validateRate = compileSchema(
  Type.Object(
    { lines_per_second: rate, burst: Type.Optional(rate) },
    { additionalProperties: false },
  ),
  'definition.log.rate_limit',
)

/**
 * Checks the settings of a definition.
 *
 * @throws {TypeError} Saying what was expected and what came.
 */
export function checkLogSettings(log: unknown): LogSettings {
  const settings = log ?? {}
  const fault = validate(settings) ?? rateFault(settings as LogSettings)
  if (fault !== undefined) throw new TypeError(fault)
  return settings as LogSettings
}

/** Returns all settings of the source, those that are absent with their defaults. */
export function toSourceSettings(log: LogSettings): Required<SourceSettings> {
  const { retention: _retention, files: _files, ...given } = log
  return { ...DEFAULTS, ...given }
}

function rateFault({ rate_limit: limit }: LogSettings): string | undefined {
  return limit === undefined || limit === null ? undefined : validateRate(limit)
}
