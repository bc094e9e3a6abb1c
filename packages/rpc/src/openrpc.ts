// The OpenRPC document of a table of methods: made from the same declarations that validate the calls.
// Version 1.3.2 of the specification, because its meta-schema can be checked; see docs/reference/rpc.md.
import { RPC_CODES } from './codes.js'
import type { RpcCodeName } from './codes.js'
import type { MethodDefinition } from './method.js'
import { closed } from './schema.js'
import type { TSchema } from './schema.js'

export const OPENRPC_VERSION = '1.3.2'

/** What a service says of itself in its document and manifest. */
export interface ServiceInfo {
  readonly title: string
  readonly version: string
  readonly description?: string
}

interface ContentDescriptor {
  readonly name: string
  readonly required?: boolean
  readonly schema: TSchema
}

export interface OpenRpcMethod {
  readonly name: string
  readonly summary: string
  readonly paramStructure: 'either'
  readonly params: readonly ContentDescriptor[]
  readonly result: ContentDescriptor
  readonly errors: readonly { readonly $ref: string }[]
  readonly examples?: readonly {
    readonly name: string
    readonly params: readonly { readonly name: string; readonly value: unknown }[]
    readonly result: { readonly name: string; readonly value: unknown }
  }[]
  /** What a call does besides answering: `reads`, `appends` or `changes`. */
  readonly 'x-effect': string
  /** True for methods that need a WebSocket. */
  readonly 'x-needs-session'?: boolean
}

export interface OpenRpcDocument {
  readonly openrpc: string
  readonly info: ServiceInfo
  readonly methods: readonly OpenRpcMethod[]
  readonly components: {
    readonly errors: Readonly<Record<string, { readonly code: number; readonly message: string }>>
  }
}

/** Errors that any call may be answered with; the others are named by the condition. */
const DOCUMENTED_ERRORS = Object.keys(RPC_CODES).filter(
  (name) => !['ParseError', 'MethodNotFound', 'InternalError'].includes(name),
) as RpcCodeName[]

export const UNNAMED: ServiceInfo = { title: 'JSON-RPC service', version: '0.0.0' }

/** Makes the document. Methods stay in their order. */
export function createOpenRpcDocument(
  methods: readonly MethodDefinition[],
  info: ServiceInfo = UNNAMED,
): OpenRpcDocument {
  const errors = DOCUMENTED_ERRORS.map((name) => {
    const words = name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    return [name, { code: RPC_CODES[name], message: words }] as const
  })
  return {
    openrpc: OPENRPC_VERSION,
    info,
    methods: methods.map(describeMethod),
    components: { errors: Object.fromEntries(errors) },
  }
}

function describeMethod(method: MethodDefinition): OpenRpcMethod {
  const { name, summary, result, example, effect = 'reads', needsSession } = method
  const schema = closed(method.params)
  const required: readonly string[] = schema.required ?? []
  const params = Object.entries(schema.properties as Record<string, TSchema>).map(([key, one]) => ({
    name: key,
    required: required.includes(key),
    schema: one,
  }))
  return {
    name,
    summary,
    paramStructure: 'either',
    params,
    result: { name: 'result', schema: result },
    errors: DOCUMENTED_ERRORS.map((one) => ({ $ref: `#/components/errors/${one}` })),
    ...(example === undefined
      ? {}
      : {
          examples: [
            {
              name,
              params: Object.entries(example.params).map(([key, value]) => ({ name: key, value })),
              result: { name: 'result', value: example.result },
            },
          ],
        }),
    'x-effect': effect,
    ...(needsSession === true ? { 'x-needs-session': true } : {}),
  }
}
