// What a method is: a name, schemas for what it takes and gives, and a handler. Packages above declare
// tables of these; the dispatcher validates and calls them.
import { closed } from './schema.js'
import type { Static, TObject, TSchema } from './schema.js'

/** Who is on the other end. On a Unix socket the kernel says which process that is. */
export interface Caller {
  readonly transport: 'unix' | 'tcp'
  /** `unix`, or the address and port of the other end. */
  readonly address: string
  readonly uid?: number
  readonly gid?: number
  readonly pid?: number
}

/** A connection over which the server may speak by itself. */
export interface RpcSession {
  /** Aborted when the connection is closed. */
  readonly signal: AbortSignal
  /** Sends a notification. `params` are JSON already, so that many sessions can share the bytes. */
  notify(method: string, params: readonly (string | Buffer)[]): void
  /** Runs `work` when the answer to the running call is on its way. */
  afterAnswer(work: () => void): void
  /** Bytes that the other end has not taken yet. */
  readonly bufferedBytes: number
  /** Resolves when at most `bytes` are buffered or the connection is closed. */
  untilBuffered(bytes: number): Promise<void>
}

/** What a handler knows about its caller. */
export interface RpcContext {
  readonly transport: 'unix' | 'tcp' | 'websocket'
  readonly caller: Caller
  /** Only over a WebSocket. */
  readonly session?: RpcSession
  /** Aborted when the caller is gone or the server closes. */
  readonly signal: AbortSignal
}

/** A call and its answer, for the document; a test makes the call. */
export interface MethodExample {
  readonly params: Readonly<Record<string, unknown>>
  readonly result: unknown
}

/** `reads` changes nothing, `appends` adds entries, `changes` is everything else. */
export type MethodEffect = 'reads' | 'appends' | 'changes'

/** What is said of a method in the document besides its declaration. */
export interface MethodNotes {
  /** @default 'reads' */
  readonly effect?: MethodEffect
  readonly example?: MethodExample
  /** True if the method needs a connection that lasts: it answers with notifications. */
  readonly needsSession?: boolean
}

/** A method with its types erased; {@link defineMethod} makes one from a typed declaration. */
export interface MethodDefinition extends MethodNotes {
  readonly name: string
  /** One sentence for the document. */
  readonly summary: string
  /** Params by name; by position they come in the order of the properties. */
  readonly params: TObject
  readonly result: TSchema
  readonly handler: (params: never, context: RpcContext) => unknown
}

/** A method as it is declared: the handler's types come from the schemas. */
export interface TypedMethod<P extends TObject, R extends TSchema> extends MethodNotes {
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

/**
 * Adds notes to methods by name, so that a table of examples can stand beside a table of methods.
 *
 * @throws {TypeError} If there are notes of a method that does not exist.
 */
export function annotate(
  methods: readonly MethodDefinition[],
  notes: Readonly<Record<string, MethodNotes>>,
): readonly MethodDefinition[] {
  const names = methods.map(({ name }) => name)
  const stray = Object.keys(notes).find((name) => !names.includes(name))
  if (stray !== undefined) throw new TypeError(`Expected notes of known methods, got ${stray}`)
  return methods.map((method) => ({ ...method, ...notes[method.name] }))
}
