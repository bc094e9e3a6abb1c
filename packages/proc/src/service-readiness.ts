// When a service counts as ready, as its definition says it. What waits for it is readiness.ts.
import { Type } from '@hero/rpc'
import type { TSchema } from '@hero/rpc'
import { ProcError } from './errors.js'

/** How a service tells that it is ready. */
export const READINESS_TYPES = ['none', 'notify', 'unix', 'http', 'log'] as const
export type ReadinessType = (typeof READINESS_TYPES)[number]

/** Readiness as it is written in a definition. */
export interface ReadinessInput {
  /**
   * `none`: as soon as it has a pid. `notify`: it writes a line end to descriptor `fd`, as with s6.
   * `unix`: somebody listens at `path`. `http`: GET `url` answers with 200 to 399. `log`: it prints a line
   * that matches `pattern`.
   */
  readonly type: ReadinessType
  /** `notify`: 3 to 99. */
  readonly fd?: number
  /** `unix`: an absolute path. */
  readonly path?: string
  /** `http`: `http://host:port/path`, or `unix:/path/to/socket:/path`. */
  readonly url?: string
  /** `log`: a regular expression, 1 to 1,000 characters; it sees the first 4,096 bytes of a line. */
  readonly pattern?: string
  /** A service that is not ready in this time has failed. Milliseconds, 1 to 3,600,000. @default 60_000 */
  readonly deadline_ms?: number
}

/** Complete: the one key that belongs to the type, and the deadline. */
export type ServiceReadiness = ReadinessInput & { readonly deadline_ms: number }

const PARAMETERS = {
  none: undefined,
  notify: 'fd',
  unix: 'path',
  http: 'url',
  log: 'pattern',
} as const
const HTTP_URL = /^(?:http:\/\/[^/\s]+(?:\/\S*)?|unix:\/[^:\s]+:\/\S*)$/

/** Without a word about it, a service is ready when it runs. */
export const READY_AT_ONCE: ServiceReadiness = { type: 'none', deadline_ms: 60_000 }

/** The schema of {@link ReadinessInput}. */
export const READINESS_SCHEMA: TSchema = Type.Object(
  {
    type: Type.Union(READINESS_TYPES.map((type) => Type.Literal(type))),
    fd: Type.Optional(Type.Integer({ minimum: 3, maximum: 99 })),
    path: Type.Optional(
      Type.String({ pattern: '^/[^\\u0000]*$', description: 'an absolute path' }),
    ),
    url: Type.Optional(Type.String()),
    pattern: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    deadline_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
  },
  { additionalProperties: false },
)

/**
 * Completes a readiness that fits the schema.
 *
 * @throws {ProcError} `InvalidParams`, with what was expected and what came.
 */
export function completeReadiness(input: ReadinessInput): ServiceReadiness {
  const parameter = PARAMETERS[input.type]
  for (const key of ['fd', 'path', 'url', 'pattern'] as const) {
    const isGiven = input[key] !== undefined
    if (isGiven === (key === parameter)) continue
    const got = isGiven ? `${key} ${show(input[key])}` : 'none'
    const expected = parameter === undefined ? 'nothing more' : `exactly ${parameter}`
    throw wrong(`ready to have ${expected} with type "${input.type}"`, got)
  }
  if (input.url !== undefined && !isUrl(input.url)) {
    throw wrong('ready.url to be http://host:port/path or unix:/socket:/path', show(input.url))
  }
  if (input.pattern !== undefined) checkPattern(input.pattern)
  return { ...input, deadline_ms: input.deadline_ms ?? READY_AT_ONCE.deadline_ms }
}

function isUrl(url: string): boolean {
  return HTTP_URL.test(url) && URL.canParse(url)
}

function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern, 'u')
  } catch {
    throw wrong('ready.pattern to be a regular expression', show(pattern))
  }
}

function wrong(expected: string, got: string): ProcError {
  return new ProcError('InvalidParams', `Expected definition.${expected}, got ${got}`)
}

function show(value: unknown): string {
  return JSON.stringify(value)
}
