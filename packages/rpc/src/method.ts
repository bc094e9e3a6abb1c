// What a method is: a name, schemas for what it takes and gives, and a handler. Packages above declare
// tables of these; the dispatcher validates and calls them.
import { closed } from './schema.js'
import type { Static, TObject, TSchema } from './schema.js'

/** What a handler knows about its caller. */
export interface RpcContext {
  readonly transport: 'unix' | 'tcp' | 'websocket'
  /** Aborted when the caller is gone or the server closes. */
  readonly signal: AbortSignal
}

/** A method with its types erased; {@link defineMethod} makes one from a typed declaration. */
export interface MethodDefinition {
  readonly name: string
  /** One sentence for the document. */
  readonly summary: string
  /** Params by name; by position they come in the order of the properties. */
  readonly params: TObject
  readonly result: TSchema
  readonly handler: (params: never, context: RpcContext) => unknown
}

/** A method as it is declared: the handler's types come from the schemas. */
export interface TypedMethod<P extends TObject, R extends TSchema> {
  readonly name: string
  readonly summary: string
  readonly params: P
  readonly result: R
  readonly handler: (params: Static<P>, context: RpcContext) => Static<R> | Promise<Static<R>>
}

/**
 * Declares a method. Unknown params are refused unless the schema allows them.
 *
 * @example
 * ```ts
 * const add = defineMethod({
 *   name: 'math.add',
 *   summary: 'Adds two numbers.',
 *   params: Type.Object({ a: Type.Number(), b: Type.Number() }),
 *   result: Type.Number(),
 *   handler: ({ a, b }) => a + b,
 * })
 * ```
 */
export function defineMethod<P extends TObject, R extends TSchema>(
  method: TypedMethod<P, R>,
): MethodDefinition {
  return { ...method, params: closed(method.params) }
}
