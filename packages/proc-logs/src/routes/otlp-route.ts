// `POST /v1/logs`: OpenTelemetry's logs over HTTP, in JSON. The resource's `service.name` is the source;
// what has no place of its own in an entry becomes fields. The answer comes after the commit.
import type { Logs, Sink } from '@hero/logs'
import { isJson, readJson, RPC_CODES, sendError, sendJson } from '@hero/rpc'
import type { Caller, Route } from '@hero/rpc'
import { toRecords } from '../otlp.js'

/** Records of one request: as many as one `logs.insert` takes. */
const RECORDS_MAX = 10_000

/** The route over an open store; `audit` is told of every request that is taken. */
export function createOtlpRoute(
  logs: Logs,
  audit: (method: string, caller: Caller) => void,
): Route {
  return {
    method: 'POST',
    path: '/v1/logs',
    handler: async (request, response, _params, { caller }) => {
      if (!isJson(request)) {
        const message = 'Expected content type application/json'
        const hint = 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/json'
        const data = { code: 'InvalidRequest', hint }
        return sendError(response, { code: RPC_CODES.InvalidRequest, message, data }, 415)
      }
      const records = toRecords(await readJson(request), RECORDS_MAX)
      audit('POST /v1/logs', caller)
      sendJson(response, 200, JSON.stringify(await write(logs, records)))
    },
  }
}

async function write(logs: Logs, records: ReturnType<typeof toRecords>): Promise<object> {
  const sinks = new Map<string, Sink>()
  let [rejected, message] = [0, '']
  for (const { source, record } of records) {
    try {
      const sink = sinks.get(source) ?? logs.sink({ source, origin: 'rpc' })
      sinks.set(source, sink)
      const { dropped } = sink.write(record)
      if (dropped === undefined) continue
      rejected += 1
      message ||= `Dropped: ${dropped}`
    } catch (error) {
      rejected += 1
      message ||= (error as Error).message
    }
  }
  await logs.sync()
  const partialSuccess = { rejectedLogRecords: String(rejected), errorMessage: message }
  return rejected === 0 ? {} : { partialSuccess }
}
