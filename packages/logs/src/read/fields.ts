// Conditions on the structured fields of entries: parsed at the edge to plain data, which crosses to the
// reader worker, and compiled there to one test. A condition speaks of a field that is there: an entry
// without it never matches, not even with `!=`.
import type { Fields, Json } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import { containsTest } from './pattern.js'

/** Longer operators first: they are looked for in this order. */
export const FIELD_OPERATORS = ['!=', '>=', '<=', '=', '>', '<', '~'] as const
export type FieldOperator = (typeof FIELD_OPERATORS)[number]

/** A value that a field can be compared with. */
export type FieldValue = string | number | boolean | null

/** Fields that must be equal, by path; or conditions such as `status>=500`. All must hold. */
export type FieldFilters = Readonly<Record<string, FieldValue>> | readonly string[]

export interface FieldCondition {
  /** Name of the field; dots lead into objects. */
  readonly path: string
  readonly operator: FieldOperator
  readonly value: FieldValue
}

/**
 * Checks field filters and returns them as conditions.
 *
 * @throws {TypeError | RangeError} Saying what was expected and what came.
 */
export function fieldConditions(filters: FieldFilters): readonly FieldCondition[] {
  if (typeof filters !== 'object' || filters === null) {
    throw new TypeError(`Expected fields to be an object or a list, got ${String(filters)}`)
  }
  const conditions = Array.isArray(filters)
    ? (filters as readonly string[]).map(parseCondition)
    : Object.entries(filters as Readonly<Record<string, FieldValue>>).map(equalTo)
  if (conditions.length > LIMITS.fieldConditionsMax) {
    throw new RangeError(
      `Expected at most ${LIMITS.fieldConditionsMax} conditions on fields, got ${conditions.length}`,
    )
  }
  return conditions
}

function equalTo([path, value]: [string, FieldValue]): FieldCondition {
  if (typeof value === 'object' && value !== null) {
    throw new TypeError(
      `Expected the field ${path} to be compared with a string, number, boolean or null, got ${JSON.stringify(value)}`,
    )
  }
  return { path: checkPath(path), operator: '=', value: checkValue(value) }
}

/**
 * Reads one condition: a path, an operator and a value, as in `status>=500` or `user.name=x`.
 *
 * @throws {TypeError | RangeError}
 */
export function parseCondition(text: string): FieldCondition {
  if (typeof text !== 'string') {
    throw new TypeError(`Expected a condition such as status>=500, got ${JSON.stringify(text)}`)
  }
  const [, path, operator, value] = /^([^=!<>~]+)(!=|>=|<=|=|>|<|~)(.*)$/s.exec(text) ?? []
  if (path === undefined || operator === undefined) {
    throw new TypeError(
      `Expected a field, one of ${FIELD_OPERATORS.join(' ')} and a value, got ${JSON.stringify(text)}`,
    )
  }
  return {
    path: checkPath(path.trim()),
    operator: operator as FieldOperator,
    value: checkValue((value ?? '').trim()) as string,
  }
}

function checkPath(path: string): string {
  if (path !== '' && path.length <= LIMITS.fieldPathMax) return path
  throw new RangeError(
    `Expected the name of a field to be 1 to ${LIMITS.fieldPathMax} characters, got ${path.length}`,
  )
}

function checkValue(value: FieldValue): FieldValue {
  if (typeof value !== 'string' || value.length <= LIMITS.patternLengthMax) return value
  throw new RangeError(
    `Expected a value of at most ${LIMITS.patternLengthMax} characters, got ${value.length}`,
  )
}

/** Compiles conditions to one test of an entry's fields; null if there are none. */
export function fieldsTest({
  fields,
}: {
  readonly fields: readonly FieldCondition[] | null
}): ((fields: Fields) => boolean) | null {
  if (fields === null || fields.length === 0) return null
  const tests = fields.map(({ path, operator, value }) => {
    const holds = valueTest(operator, value)
    return (given: Fields) => lookUp(given, path, (found) => anyOf(found, holds))
  })
  return (given) => tests.every((test) => test(given))
}

// A name may hold dots itself, as OpenTelemetry's do: every way to read the path is tried.
function lookUp(fields: Json, path: string, test: (found: Json) => boolean): boolean {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return false
  const object = fields as Fields
  if (Object.hasOwn(object, path) && test(object[path]!)) return true
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot)
    if (Object.hasOwn(object, name) && lookUp(object[name]!, path.slice(dot + 1), test)) return true
  }
  return false
}

// A list matches if one of its values does.
function anyOf(found: Json, holds: (value: FieldValue) => boolean): boolean {
  if (Array.isArray(found)) return (found as readonly Json[]).some((one) => anyOf(one, holds))
  return typeof found === 'object' && found !== null ? false : holds(found as FieldValue)
}

function valueTest(operator: FieldOperator, value: FieldValue): (found: FieldValue) => boolean {
  const text = String(value)
  switch (operator) {
    case '=':
      return (found) => isEqual(found, value)
    case '!=':
      return (found) => !isEqual(found, value)
    case '~': {
      const contains = containsTest(text)
      return (found) => contains(String(found))
    }
    default:
      return orderTest(operator, text)
  }
}

// A condition that was written as text does not say whether 500 is a number: what is the same in print,
// or the same number, is equal.
function isEqual(found: FieldValue, value: FieldValue): boolean {
  if (String(found) === String(value)) return true
  return typeof found === 'number' && typeof value === 'string' && found === numberOf(value)
}

function orderTest(
  operator: '>=' | '<=' | '>' | '<',
  text: string,
): (found: FieldValue) => boolean {
  const number = numberOf(text)
  const isOrdered = (order: number): boolean =>
    (order > 0 && operator.startsWith('>')) ||
    (order < 0 && operator.startsWith('<')) ||
    (order === 0 && operator.endsWith('='))
  return (found) => {
    const foundNumber = typeof found === 'string' ? numberOf(found) : found
    if (typeof foundNumber === 'number' && !Number.isNaN(foundNumber) && !Number.isNaN(number)) {
      return isOrdered(foundNumber - number)
    }
    return typeof found === 'string' && Number.isNaN(number)
      ? isOrdered(found === text ? 0 : found > text ? 1 : -1)
      : false
  }
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
