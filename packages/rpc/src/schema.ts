// Schemas as values: what a method takes and gives is declared once, and validation, static types and
// documents come from that declaration. Faults are told in words: what was expected and what came.
import { Compile, Type } from './typebox.js'
import type { Static, TObject, TSchema } from './typebox.js'

export { Type }
export type { Static, TObject, TSchema }

/** One thing that is wrong with a value, as a sentence without a period; undefined if it is right. */
export type Validate = (value: unknown) => string | undefined

interface Fault {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

type Plain = Readonly<Record<string, unknown>>

const SHOWN_CHARACTERS_MAX = 60

/**
 * Compiles a schema.
 *
 * @param label What a fault calls the whole value, for example `params`.
 */
export function compileSchema(schema: TSchema, label: string): Validate {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return undefined
    const fault = mainFault(validator.Errors(value) as readonly Fault[])
    return fault === undefined ? `${label} is not valid` : describe(fault, schema, value, label)
  }
}

/** An object schema that refuses unknown keys unless it says what they may be. */
export function closed<T extends TObject>(schema: T): T {
  if ('additionalProperties' in schema) return schema
  return Type.Object(schema.properties, { additionalProperties: false }) as unknown as T
}

/** Alternatives report each miss and then themselves: the sum is what a reader wants. */
function mainFault(faults: readonly Fault[]): Fault | undefined {
  const unions = faults
    .filter((fault) => fault.keyword === 'anyOf')
    .map((fault) => fault.schemaPath)
  const outer = faults.filter(
    (fault) =>
      fault.keyword !== 'boolean' &&
      !unions.some((path) => fault.schemaPath.startsWith(`${path}/anyOf/`)),
  )
  return outer.find((fault) => fault.keyword === 'additionalProperties') ?? outer[0]
}

function describe(fault: Fault, schema: TSchema, value: unknown, label: string): string {
  const keys = segments(fault.instancePath)
  const at = [label, ...keys].join('.')
  const inner = resolve(schema, segments(fault.schemaPath.replace(/^#/, '')))
  if (fault.keyword === 'additionalProperties') {
    const { additionalProperties: extra = [] } = fault.params as {
      additionalProperties?: readonly string[]
    }
    const known = Object.keys((inner?.['properties'] ?? {}) as object).join(', ')
    const names = extra.map(show).join(', ')
    return `Unknown key ${names} in ${at}, expected ${known === '' ? 'none' : `only ${known}`}`
  }
  if (fault.keyword === 'required') {
    const { requiredProperties = [] } = fault.params as { requiredProperties?: readonly string[] }
    return `Missing ${requiredProperties.map(show).join(', ')} in ${at}`
  }
  const expected = (inner === undefined ? undefined : nameOf(inner)) ?? fault.message
  return `Expected ${at} to be ${expected}, got ${show(resolve(value, keys))}`
}

/** A schema in words. */
function nameOf(schema: Plain): string | undefined {
  if (typeof schema['description'] === 'string') return schema['description']
  if ('const' in schema) return show(schema['const'])
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].map(show).join(', ')}`
  if (Array.isArray(schema['anyOf'])) {
    const names = (schema['anyOf'] as Plain[]).map((one) => nameOf(one) ?? 'something else')
    return names.join(' or ')
  }
  switch (schema['type']) {
    case 'string':
      return `a string${range(schema, 'minLength', 'maxLength', ' of', ' characters')}${pattern(schema)}`
    case 'array':
      return `an array${range(schema, 'minItems', 'maxItems', ' of', ' items')}`
    case 'integer':
      return `an integer${range(schema, 'minimum', 'maximum', ' of', '')}`
    case 'number':
      return `a number${range(schema, 'minimum', 'maximum', ' of', '')}`
    case 'object':
      return 'an object'
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    default:
      return undefined
  }
}

function pattern(schema: Plain): string {
  return typeof schema['pattern'] === 'string' ? ` matching ${schema['pattern']}` : ''
}

function range(schema: Plain, low: string, high: string, before: string, after: string): string {
  const least = schema[low] as number | undefined
  const most = schema[high] as number | undefined
  if (least !== undefined && most !== undefined) return `${before} ${least} to ${most}${after}`
  if (least !== undefined) return `${before} at least ${least}${after}`
  if (most !== undefined) return `${before} at most ${most}${after}`
  return ''
}

function segments(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function resolve(root: unknown, keys: readonly string[]): Plain | undefined {
  let at = root
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Plain)[key]
  }
  return at as Plain
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length} items`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}...` : text
}
