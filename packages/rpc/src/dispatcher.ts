// The one place where JSON-RPC requests become calls, whatever transport brought them. json-rpc-2.0
// matches requests with methods; the layer around it holds to the specification where the library does
// not: it answers a batch with an array even if only one answer is left, lets one bad member spoil only
// its own answer, runs a batch in order and bounded, and never lets the text of an unknown error out.
//
//   text ──► bounds ──► parse ──► batch? ──► check request ──► JSONRPCServer ──► validate ──► handler
import { createJSONRPCErrorResponse, JSONRPCServer } from 'json-rpc-2.0'
import type { JSONRPCID, JSONRPCRequest, JSONRPCResponse } from 'json-rpc-2.0'
import { INTERNAL_ERROR, RPC_CODES, RpcError, toErrorObject } from './codes.js'
import type { RpcCodeName } from './codes.js'
import { toBounded } from './json-body.js'
import type { BoundedText } from './json-body.js'
import type { Excess } from './json-bounds.js'
import { defineMethod } from './method.js'
import type { Caller, MethodDefinition, MethodEffect, RpcContext } from './method.js'
import { createOpenRpcDocument, OPENRPC_VERSION, UNNAMED } from './openrpc.js'
import type { OpenRpcDocument, ServiceInfo } from './openrpc.js'
import { closed, compileSchema, Type } from './schema.js'

/** A call of a method that does more than read, when it has ended. */
export interface AuditedCall {
  readonly method: string
  readonly effect: Exclude<MethodEffect, 'reads'>
  readonly caller: Caller
  /** The name of the error's code; undefined if the call succeeded. */
  readonly failure?: string
}

export interface DispatcherOptions {
  readonly methods: readonly MethodDefinition[]
  /** Title and version for the document. */
  readonly info?: ServiceInfo
  /** Told of every call that does more than read. Must not throw. */
  readonly audit?: (call: AuditedCall) => void
  /** Gets every error that the caller was only told `Internal error` about. */
  readonly onInternalError?: (error: unknown, method: string) => void
  /** Makes the error for a method that there is not. @default `MethodNotFound` */
  readonly missing?: () => Error
}

export interface Dispatcher {
  /** All methods, in the order in which they were given, and `rpc.discover`. */
  readonly methods: readonly MethodDefinition[]
  /** The OpenRPC document of all methods: what `rpc.discover` answers. */
  readonly document: OpenRpcDocument
  /**
   * Answers JSON text, looked at already or not, with JSON text, or with undefined when nothing is to be
   * answered. Never rejects.
   */
  receive(text: string | BoundedText, context: RpcContext): Promise<string | undefined>
}

type Answer = JSONRPCResponse | readonly JSONRPCResponse[] | undefined

interface Table {
  readonly server: JSONRPCServer<RpcContext>
  readonly missing: (id: JSONRPCID) => JSONRPCResponse
}

/**
 * Makes a dispatcher for a table of methods.
 *
 * @throws {TypeError} If two methods have the same name.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const table = Object.create(null) as Record<string, MethodDefinition>
  const server = new JSONRPCServer<RpcContext>({ errorListener: () => undefined })
  const methods = [...options.methods, discoverMethod(options.info, () => document)]
  const document = createOpenRpcDocument(methods, options.info)
  for (const method of methods) {
    if (method.name in table) throw new TypeError(`Expected one method ${method.name}, got two`)
    table[method.name] = method
    addMethod(server, method, options)
  }
  const calls = { server, missing: missingBy(options.missing) }
  return {
    methods,
    document,
    receive: async (text, context) => {
      const bounded = typeof text === 'string' ? toBounded(text) : text
      const answer = await answerText(calls, bounded, context)
      return answer === undefined ? undefined : write(answer, options.onInternalError)
    },
  }
}

function missingBy(make: DispatcherOptions['missing']): Table['missing'] {
  return (id) => {
    const error = make === undefined ? undefined : toErrorObject(make())
    if (error === undefined) return fault('MethodNotFound', 'Method not found', id)
    return { jsonrpc: '2.0', id, error }
  }
}

function discoverMethod(
  info: ServiceInfo = UNNAMED,
  document: () => OpenRpcDocument,
): MethodDefinition {
  const name = 'rpc.discover'
  const summary = 'Gives the OpenRPC document of all methods.'
  const result = { name: 'result', schema: { type: 'object' } }
  return defineMethod({
    name,
    summary,
    params: Type.Object({}),
    result: Type.Unsafe<OpenRpcDocument>({
      type: 'object',
      required: ['openrpc', 'info', 'methods'],
      properties: {
        openrpc: Type.Literal(OPENRPC_VERSION),
        info: Type.Object({ title: Type.String(), version: Type.String() }),
        methods: Type.Array(Type.Object({ name: Type.String(), summary: Type.String() })),
      },
    }),
    // The document of a service that can do nothing else.
    example: {
      params: {},
      result: { openrpc: OPENRPC_VERSION, info, methods: [{ name, summary, params: [], result }] },
    },
    handler: document,
  })
}

function addMethod(
  server: JSONRPCServer<RpcContext>,
  method: MethodDefinition,
  { onInternalError, audit }: DispatcherOptions,
): void {
  const schema = closed(method.params)
  const validate = compileSchema(schema, 'params')
  const names = Object.keys(schema.properties)
  const { name, effect = 'reads' } = method
  const note = (context: RpcContext, failure?: string): void => {
    if (effect === 'reads') return
    const { caller } = context
    audit?.({ method: name, effect, caller, ...(failure === undefined ? {} : { failure }) })
  }
  server.addMethodAdvanced(name, async ({ id, params }, context) => {
    try {
      const named = byName(params, names)
      const fault = validate(named)
      if (fault !== undefined) throw new RpcError(RPC_CODES.InvalidParams, fault)
      if (method.needsSession === true && context.session === undefined) throw noSession(name)
      const result = await method.handler(named as never, context)
      note(context)
      return { jsonrpc: '2.0', id: id ?? null, result: result ?? null }
    } catch (error) {
      const known = toErrorObject(error)
      if (known === undefined) onInternalError?.(error, name)
      note(context, (known ?? INTERNAL_ERROR).data?.code)
      return { jsonrpc: '2.0', id: id ?? null, error: known ?? INTERNAL_ERROR }
    }
  })
}

function noSession(name: string): RpcError {
  const hint = 'Connect a WebSocket to /ws, or read GET /events'
  return new RpcError(RPC_CODES.InvalidRequest, `Expected ${name} over a WebSocket`, { hint })
}

/** Params by position become params by name, in the order in which the schema declares them. */
function byName(params: unknown, names: readonly string[]): unknown {
  if (params === undefined) return {}
  if (!Array.isArray(params)) return params
  if (params.length > names.length) {
    const got = `got ${params.length}`
    throw new RpcError(RPC_CODES.InvalidParams, `Expected at most ${names.length} params, ${got}`)
  }
  return Object.fromEntries(params.map((value: unknown, index) => [names[index], value]))
}

async function answerText(
  table: Table,
  { text, excess }: BoundedText,
  context: RpcContext,
): Promise<Answer> {
  if (excess !== undefined && excess.kind !== 'elements') return tooMuch(excess)
  let payload: unknown
  try {
    payload = JSON.parse(text)
  } catch {
    return fault('ParseError', 'Parse error')
  }
  if (excess !== undefined) return tooMuch(excess, payload)
  return Array.isArray(payload)
    ? await answerBatch(table, payload, context)
    : await answerOne(table, payload, context)
}

async function answerBatch(
  table: Table,
  calls: readonly unknown[],
  context: RpcContext,
): Promise<Answer> {
  if (calls.length === 0) return fault('InvalidRequest', 'Invalid Request')
  const answers: JSONRPCResponse[] = []
  for (const call of calls) {
    // One after another on purpose: later calls may rely on what earlier ones did.
    const answer = await answerOne(table, call, context)
    if (answer !== undefined) answers.push(answer)
  }
  return answers.length === 0 ? undefined : answers
}

async function answerOne(
  table: Table,
  call: unknown,
  context: RpcContext,
): Promise<JSONRPCResponse | undefined> {
  if (!isRequest(call)) return fault('InvalidRequest', 'Invalid Request', idOf(call))
  if (!table.server.hasMethod(call.method)) {
    return call.id === undefined ? undefined : table.missing(call.id)
  }
  const answer = await table.server.receive(call, context)
  return call.id === undefined ? undefined : (answer ?? undefined)
}

function isRequest(call: unknown): call is JSONRPCRequest {
  if (typeof call !== 'object' || call === null) return false
  const { jsonrpc, method, params, id } = call as Record<string, unknown>
  return (
    jsonrpc === '2.0' &&
    typeof method === 'string' &&
    (params === undefined || (typeof params === 'object' && params !== null)) &&
    (id === undefined || isId(id))
  )
}

function isId(id: unknown): id is JSONRPCID {
  return id === null || typeof id === 'string' || typeof id === 'number'
}

function idOf(call: unknown): JSONRPCID {
  const id = typeof call === 'object' && call !== null ? (call as { id?: unknown }).id : null
  return isId(id) ? id : null
}

function fault(name: RpcCodeName, message: string, id: JSONRPCID = null): JSONRPCResponse {
  return createJSONRPCErrorResponse(id, RPC_CODES[name], message, { code: name })
}

/** No method takes arrays as long as that, so it is the params that are wrong, and of `call` if it is one. */
function tooMuch({ kind, enough }: Excess, call?: unknown): JSONRPCResponse {
  const name = kind === 'elements' ? 'InvalidParams' : 'InvalidRequest'
  return fault(name, `Expected ${enough}, got more`, idOf(call))
}

/** Results are plain data by their schemas. One that cannot be written becomes an error of its own. */
function write(
  answer: JSONRPCResponse | readonly JSONRPCResponse[],
  onInternalError: DispatcherOptions['onInternalError'],
): string {
  try {
    return JSON.stringify(answer)
  } catch (error) {
    if ('length' in answer) {
      return `[${answer.map((one) => write(one, onInternalError)).join(',')}]`
    }
    onInternalError?.(error, 'result')
    return JSON.stringify({ jsonrpc: '2.0', id: answer.id, error: INTERNAL_ERROR })
  }
}
