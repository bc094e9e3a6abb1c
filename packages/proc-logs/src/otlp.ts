// OpenTelemetry's log data model in its JSON form, as records of this house.
// https://opentelemetry.io/docs/specs/otel/logs/data-model/
import type { Fields, Json, Level, LogRecord } from '@hero/logs'
import { RPC_CODES, RpcError } from '@hero/rpc'

export interface SourcedRecord {
  readonly source: string
  readonly record: LogRecord
}

/** The source of what names no service: the specification's own default. */
const UNKNOWN_SERVICE = 'unknown_service'

/** Severity numbers are four to a level; OpenTelemetry has no word for notice, alert and emerg. */
const LEVEL_OF_FOUR: readonly Level[] = ['trace', 'debug', 'info', 'warning', 'error', 'crit']

/**
 * Reads an ExportLogsServiceRequest.
 *
 * @throws {RpcError} `InvalidParams` if it is not one; `LimitExceeded` beyond `recordsMax`.
 */
export function toRecords(request: unknown, recordsMax: number): readonly SourcedRecord[] {
  const records: SourcedRecord[] = []
  for (const one of list(request, 'resourceLogs')) {
    const { 'service.name': name, ...resource } = attributes(field(one, 'resource'))
    const source = typeof name === 'string' && name !== '' ? name : UNKNOWN_SERVICE
    for (const scoped of list(one, 'scopeLogs')) {
      const scope = field(field(scoped, 'scope') ?? {}, 'name')
      const shared = {
        ...(Object.keys(resource).length === 0 ? {} : { resource }),
        ...(typeof scope === 'string' && scope !== '' ? { scope } : {}),
      }
      for (const log of list(scoped, 'logRecords')) {
        if (records.length === recordsMax) {
          const message = `Expected at most ${recordsMax} log records, got more`
          throw new RpcError(RPC_CODES.LimitExceeded, message)
        }
        records.push({ source, record: toRecord(log, shared) })
      }
    }
  }
  return records
}

function toRecord(log: unknown, shared: Fields): LogRecord {
  const body = anyValue(field(log, 'body'))
  const level = levelOf(field(log, 'severityNumber'))
  const ts = microsOf(field(log, 'timeUnixNano')) ?? microsOf(field(log, 'observedTimeUnixNano'))
  const fields: Record<string, Json> = { ...attributes(log), ...shared }
  for (const [key, name] of IDS) {
    const value = field(log, key)
    if (typeof value === 'string' && value !== '') fields[name] = value
  }
  const isText = typeof body === 'string'
  if (!isText && body !== null) fields['body'] = body
  return {
    text: isText ? Buffer.from(body).toString() : body === null ? '' : JSON.stringify(body),
    ...(level === undefined ? {} : { level }),
    ...(ts === undefined ? {} : { ts }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}

const IDS = [
  ['traceId', 'trace_id'],
  ['spanId', 'span_id'],
  ['eventName', 'event'],
] as const

function levelOf(severity: unknown): Level | undefined {
  const number = Number(severity)
  return number >= 1 && number <= 24 ? LEVEL_OF_FOUR[Math.floor((number - 1) / 4)] : undefined
}

/** Nanoseconds, as text since JSON's numbers are too small, in microseconds; undefined for none. */
function microsOf(nanos: unknown): number | undefined {
  if (typeof nanos !== 'string' && typeof nanos !== 'number') return undefined
  if (!/^\d{1,20}$/.test(String(nanos))) return undefined
  const micros = Number(BigInt(String(nanos)) / 1_000n)
  return micros === 0 ? undefined : micros
}

function attributes(of: unknown): Record<string, Json> {
  const pairs = list(of, 'attributes').map((one) => {
    const key = field(one, 'key')
    return [typeof key === 'string' ? key : '', anyValue(field(one, 'value'))] as const
  })
  return Object.fromEntries(pairs.filter(([key]) => key !== ''))
}

/** An AnyValue as plain JSON. Its depth is bounded by that of the request. */
function anyValue(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return null
  const [[kind, inner] = ['', null]] = Object.entries(value)
  switch (kind) {
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
    case 'bytesValue':
      return inner as Json
    case 'intValue': {
      const number = Number(inner)
      return Number.isSafeInteger(number) ? number : String(inner)
    }
    case 'arrayValue':
      return list(inner, 'values').map(anyValue)
    case 'kvlistValue':
      return Object.fromEntries(
        list(inner, 'values').map((one) => [
          String(field(one, 'key')),
          anyValue(field(one, 'value')),
        ]),
      )
    default:
      return null
  }
}

function field(of: unknown, key: string): unknown {
  if (typeof of !== 'object' || of === null || !Object.hasOwn(of, key)) return undefined
  return (of as Record<string, unknown>)[key]
}

function list(of: unknown, key: string): readonly unknown[] {
  const value = field(of, key) ?? []
  if (Array.isArray(value)) return value
  throw new RpcError(RPC_CODES.InvalidParams, `Expected ${key} to be an array, got ${typeof value}`)
}
