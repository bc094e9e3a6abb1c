// The reference of all methods as a page, from the OpenRPC document. `npm run sdk` writes it.
import type { JsonSchema } from './schema-types.js'

/** What the page shows of a method. */
export interface ReferenceMethod {
  readonly name: string
  readonly summary: string
  readonly params: readonly {
    readonly name: string
    readonly required?: boolean
    readonly schema: JsonSchema
  }[]
  readonly examples?: readonly {
    readonly params: readonly { readonly name: string; readonly value: unknown }[]
    readonly result: { readonly value: unknown }
  }[]
  readonly 'x-effect'?: string
  readonly 'x-needs-session'?: boolean
}

const HEAD = `# Methods

Every method of hero_proc, written by \`npm run sdk\` from the document that hero_proc serves itself at
\`GET /openrpc.json\` (OpenRPC 1.3.2) and by \`rpc.discover\`.

Calls are [JSON-RPC 2.0](https://www.jsonrpc.org/specification): \`POST /rpc\` with content type
\`application/json\`, on the socket \`hero_proc/rpc.sock\` or over TCP, or text messages on the WebSocket
\`/ws\`. Params go by name, or by position in the order of the table. Unknown params are refused. A batch
has at most 100 calls, which run one after the other; a request has at most 8 MiB (1 MiB over a
WebSocket), 64 nested levels, 10,000 keys in one object and 10,000 elements in one array. What has more is
answered before the rest of it has come. [Errors](errors.md) have a page of their own.

Methods that _append_ or _change_ are noted in the log of hero_proc, with the user and the process that
called; those that append once a minute for each caller.
`

/** Writes the page. */
export function writeReference(methods: readonly ReferenceMethod[]): string {
  return [HEAD, ...methods.map(section)].join('\n')
}

function section(method: ReferenceMethod): string {
  const { name, summary, params, examples = [] } = method
  const kind = [
    ...(method['x-effect'] === 'appends' ? ['Appends.'] : []),
    ...(method['x-effect'] === 'changes' ? ['Changes.'] : []),
    ...(method['x-needs-session'] === true ? ['Over a WebSocket only.'] : []),
  ]
  const rows = params.map(({ name: key, required, schema }) => {
    const about = schema.description === undefined ? '' : schema.description
    return `| \`${key}\` | ${required === true ? 'yes' : ''} | ${kindOf(schema)} | ${about} |`
  })
  const table =
    rows.length === 0
      ? 'No params.\n'
      : `| param | needed | kind | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
  return [
    `## \`${name}\`\n`,
    `${[summary, ...kind].join(' ')}\n`,
    table,
    ...examples.map((example) => {
      const given = Object.fromEntries(example.params.map((one) => [one.name, one.value]))
      const request = { jsonrpc: '2.0', id: 1, method: name, params: given }
      return [
        '```json',
        JSON.stringify(request, null, 2),
        '```\n\n```json',
        JSON.stringify(example.result.value, null, 2),
        '```\n',
      ].join('\n')
    }),
  ].join('\n')
}

function kindOf(schema: JsonSchema & { minimum?: number; maximum?: number }): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.title !== undefined) return `[${schema.title}](http.md#entries)`
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ')
  if (schema.type === 'array') return `list of ${kindOf(schema.items ?? {})}`
  const { minimum, maximum } = schema
  const range = minimum === undefined ? '' : ` ${minimum} to ${maximum ?? 'any'}`
  return `${schema.type ?? 'any'}${range}`
}
