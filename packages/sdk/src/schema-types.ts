// JSON Schema as TypeScript: as much of it as our documents use.

export interface JsonSchema {
  /** Names a type of `log-entry.ts`, which is written by hand. */
  readonly title?: string
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
}

/** Types that have been declared, by {@link keyOf} their schema. */
export type NamedTypes = ReadonlyMap<string, string>

const NO_NAMES: NamedTypes = new Map()

/** What two schemas of the same shape have in common. */
export function keyOf(schema: JsonSchema): string {
  return JSON.stringify(schema)
}

/** True for an object with known keys, which is declared as an interface. */
export function isInterface({ type, properties = {} }: JsonSchema): boolean {
  return type === 'object' && Object.keys(properties).length > 0
}

interface Param {
  readonly name: string
  readonly required?: boolean
  readonly schema: JsonSchema
}

/** `logs.insert` and `log_batcher` as `LogsInsert` and `LogBatcher`. */
export function typeName(name: string): string {
  return name
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** `list_sources` as `listSources`. */
export function memberName(name: string): string {
  const camel = typeName(name)
  return camel.charAt(0).toLowerCase() + camel.slice(1)
}

/** Declares the params of a method. */
export function declareParams(
  name: string,
  params: readonly Param[],
  named: NamedTypes = NO_NAMES,
): string {
  const properties = Object.fromEntries(params.map((one) => [one.name, one.schema]))
  const required = params.filter((one) => one.required === true).map((one) => one.name)
  return declareType(name, { type: 'object', properties, required }, named)
}

/**
 * Declares a type: an interface for an object with known keys, an alias for everything else. Parts that
 * have a name are called by it.
 */
export function declareType(
  name: string,
  schema: JsonSchema,
  named: NamedTypes = NO_NAMES,
): string {
  const known = named.get(keyOf(schema)) ?? name
  if (known !== name || !isInterface(schema)) {
    return `export type ${name} = ${typeText(schema, 0, named)}\n`
  }
  return `export interface ${name} ${objectText(schema, 0, named)}\n`
}

function typeText(schema: JsonSchema, depth: number, named: NamedTypes): string {
  const name = isInterface(schema) ? named.get(keyOf(schema)) : undefined
  if (name !== undefined) return name
  if (schema.title !== undefined) return schema.title
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((one) => typeText(one, depth, named)))].join(' | ')
  }
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    case 'number':
    case 'integer':
      return 'number'
    case 'array':
      return arrayText(typeText(schema.items ?? {}, depth, named))
    case 'object':
      return objectText(schema, depth, named)
    default:
      return 'unknown'
  }
}

function arrayText(item: string): string {
  return /^[\w]+$/.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`
}

function objectText(
  { properties, required = [], patternProperties }: JsonSchema,
  depth: number,
  named: NamedTypes,
): string {
  if (properties === undefined) {
    const [value = {}] = Object.values(patternProperties ?? {})
    return `Readonly<Record<string, ${typeText(value, depth, named)}>>`
  }
  const entries = Object.entries(properties)
  if (entries.length === 0) return 'Readonly<Record<string, never>>'
  const indent = '  '.repeat(depth + 1)
  const lines = entries.map(([key, one]) => {
    const about =
      one.description === undefined ? '' : `${indent}/** ${sentence(one.description)} */\n`
    const mark = required.includes(key) ? '' : '?'
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : literal(key)
    return `${about}${indent}readonly ${name}${mark}: ${typeText(one, depth + 1, named)}`
  })
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

function literal(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : String(value)
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(upper) ? upper : `${upper}.`
}
