// Writes the typed calls from the OpenRPC document: one file a namespace and one that joins them. `npm run
// sdk` runs it; a test checks that what is committed is what it would write.
import {
  declareParams,
  declareType,
  isInterface,
  keyOf,
  memberName,
  typeName,
} from './schema-types.js'
import type { JsonSchema } from './schema-types.js'

export { writeReference } from './reference.js'

/** What the generator reads of a document. */
export interface RpcDocument {
  readonly methods: readonly RpcMethod[]
}

interface RpcMethod {
  readonly name: string
  readonly summary: string
  readonly params: readonly {
    readonly name: string
    readonly required?: boolean
    readonly schema: JsonSchema
  }[]
  readonly result: { readonly schema: JsonSchema }
  readonly 'x-needs-session'?: boolean
}

/** Methods without a namespace are hero_logger's. */
const PLAIN = 'hero_logger'

/** Returns the text of each file by its name. */
export function generateCalls(document: RpcDocument): ReadonlyMap<string, string> {
  const byNamespace = new Map<string, RpcMethod[]>()
  for (const method of document.methods) {
    // Subscriptions need a connection that lasts: `logs.stream()` is written by hand.
    if (method['x-needs-session'] === true) continue
    const space = method.name.includes('.') ? (method.name.split('.')[0] as string) : PLAIN
    byNamespace.set(space, [...(byNamespace.get(space) ?? []), method])
  }
  const files = new Map<string, string>()
  for (const [space, methods] of byNamespace) files.set(fileName(space), spaceText(space, methods))
  files.set('calls.ts', joinText([...byNamespace.keys()].toSorted()))
  return files
}

function fileName(space: string): string {
  return `${space.replaceAll('_', '-')}.ts`
}

const NOTE =
  '// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.\n'

function spaceText(space: string, methods: readonly RpcMethod[]): string {
  const named = namesOf(methods)
  const types = methods.flatMap((method) => {
    const name = typeName(method.name)
    return [
      ...(method.params.length === 0 ? [] : [declareParams(`${name}Params`, method.params, named)]),
      declareType(`${name}Result`, method.result.schema, named),
    ]
  })
  const members = methods.map((method) => {
    const { signature } = shapeOf(method)
    return `  /** ${method.summary} */\n  ${memberOf(method)}(${signature}): Promise<${typeName(method.name)}Result>`
  })
  const made = methods.map((method) => {
    const { forwarded, names } = shapeOf(method)
    return `    ${memberOf(method)}: (${names}) => call('${method.name}', ${forwarded}, options),`
  })
  const face = typeName(space)
  const written = HAND_WRITTEN.filter((name) => types.some((text) => uses(text, name)))
  const imported =
    written.length === 0 ? '' : `import type { ${written.join(', ')} } from '../log-entry.js'\n`
  return [
    `${NOTE}import type { Call, CallOptions } from '../call.js'\n${imported}`,
    ...types,
    `/** The methods of \`${space === PLAIN ? 'hero_logger' : space}\`. */\nexport interface ${face}Calls {\n${members.join('\n')}\n}\n`,
    `export function create${face}Calls(call: Call): ${face}Calls {\n  return {\n${made.join('\n')}\n  }\n}\n`,
  ].join('\n')
}

/** The results that are objects, by their shape: where one comes again it is called by its first name. */
function namesOf(methods: readonly RpcMethod[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>()
  for (const { name, result } of methods) {
    const key = keyOf(result.schema)
    if (isInterface(result.schema) && !named.has(key)) named.set(key, `${typeName(name)}Result`)
  }
  return named
}

/** Types that schemas name by their title. */
const HAND_WRITTEN = ['LogEntry', 'LogRecord']

function uses(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text)
}

/** How params are taken and handed on: left out where there are none, optional where all of them are. */
function shapeOf({ name, params }: RpcMethod): {
  signature: string
  names: string
  forwarded: string
} {
  if (params.length === 0) {
    return { signature: 'options?: CallOptions', names: 'options', forwarded: '{}' }
  }
  const isOptional = params.every(({ required }) => required !== true)
  return {
    signature: `params${isOptional ? '?' : ''}: ${typeName(name)}Params, options?: CallOptions`,
    names: isOptional ? 'params = {}, options' : 'params, options',
    forwarded: 'params',
  }
}

function memberOf({ name }: RpcMethod): string {
  return memberName(name.includes('.') ? name.slice(name.indexOf('.') + 1) : name)
}

function joinText(spaces: readonly string[]): string {
  const lines = (make: (space: string, face: string) => string): string =>
    spaces.map((space) => make(space, typeName(space))).join('\n')
  return [
    `${NOTE}import type { Call } from '../call.js'`,
    lines((space, face) => {
      const from = `'./${fileName(space).replace('.ts', '.js')}'`
      return `import { create${face}Calls } from ${from}\nimport type { ${face}Calls } from ${from}`
    }),
    '\n/** All calls, by namespace. */\nexport interface Calls {',
    lines((space, face) => `  readonly ${memberName(space)}: ${face}Calls`),
    '}\n\nexport function createCalls(call: Call): Calls {\n  return {',
    lines((space, face) => `    ${memberName(space)}: create${face}Calls(call),`),
    '  }\n}\n',
  ].join('\n')
}
