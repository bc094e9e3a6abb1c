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
export function declareParams(name: string, params: readonly Param[]): string {
  const properties = Object.fromEntries(params.map((one) => [one.name, one.schema]))
  const required = params.filter((one) => one.required === true).map((one) => one.name)
  return declareType(name, { type: 'object', properties, required })
}

/** Declares a type: an interface for an object with known keys, an alias for everything else. */
export function declareType(name: string, schema: JsonSchema): string {
  const isInterface = schema.type === 'object' && Object.keys(schema.properties ?? {}).length > 0
  if (!isInterface) return `export type ${name} = ${typeText(schema, 0)}\n`
  return `export interface ${name} ${typeText(schema, 0)}\n`
}

function typeText(schema: JsonSchema, depth: number): string {
  if (schema.title !== undefined) return schema.title
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((one) => typeText(one, depth)))].join(' | ')
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
      return arrayText(typeText(schema.items ?? {}, depth))
    case 'object':
      return objectText(schema, depth)
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
): string {
  if (properties === undefined) {
    const [value = {}] = Object.values(patternProperties ?? {})
    return `Readonly<Record<string, ${typeText(value, depth)}>>`
  }
  const entries = Object.entries(properties)
  if (entries.length === 0) return 'Readonly<Record<string, never>>'
  const indent = '  '.repeat(depth + 1)
  const lines = entries.map(([key, one]) => {
    const about =
      one.description === undefined ? '' : `${indent}/** ${sentence(one.description)} */\n`
    const mark = required.includes(key) ? '' : '?'
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : literal(key)
    return `${about}${indent}readonly ${name}${mark}: ${typeText(one, depth + 1)}`
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
