// What stands in for the log plugin while the store cannot be opened: entries are held, bounded and counted,
// and go into the store once it is open. Whoever wants to know that an entry is stored is told that it is not.
import type { HeldLines } from '@hero/logs'
import { OWN_SOURCE } from '@hero/logs'
import type { Plugin } from '@hero/proc'
import type { MethodDefinition, RpcContext } from '@hero/rpc'
import { AuditLog } from './audit-log.js'
import { insertMethod } from './insert-methods.js'
import { METHOD_NOTES } from './method-notes.js'
import { createIngestRoute } from './routes/ingest-route.js'

/** Makes the plugin; `unavailable` makes the error that says why there is no store. */
export function createHeldPlugin(held: HeldLines, unavailable: () => Error): Plugin {
  const auditLog = new AuditLog(held.sink({ source: OWN_SOURCE, origin: 'system' }))
  const insert = refusingCommit(insertMethod(held), unavailable)
  return {
    name: 'logs',
    methods: [{ ...insert, ...METHOD_NOTES[insert.name] }],
    sockets: [createIngestRoute(held, (method, caller) => auditLog.noteAppend(method, caller))],
    audit: (call) => auditLog.note(call),
    health: async () => {
      const { lines, dropped } = held.figures
      const detail = `${unavailable().message} (${lines} lines are held, ${dropped} were dropped)`
      return { ok: false, detail }
    },
    close: async () => auditLog.close(),
  }
}

/** Before anything is taken: a caller that is refused will come again with the same entries. */
function refusingCommit(insert: MethodDefinition, unavailable: () => Error): MethodDefinition {
  const handler = async (params: never, context: RpcContext): Promise<unknown> => {
    if ((params as { readonly ack?: string }).ack === 'commit') throw unavailable()
    return await insert.handler(params, context)
  }
  return { ...insert, handler }
}
