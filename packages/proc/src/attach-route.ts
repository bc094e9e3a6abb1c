// `WS /attach/{service}`: the terminal of a service. Binary messages are its bytes, in both directions;
// text messages are JSON about it.
//
//   to the viewer   {"type":"begin",...}, scrollback, live bytes, {"type":"lost","bytes"}, {"type":"state"}
//   from the viewer bytes that are typed, {"type":"resize","columns","rows"}
import { CLOSE_CODES, compileSchema, Type } from '@hero/rpc'
import type { AuditedCall, SocketConnection, SocketMessage, SocketRoute } from '@hero/rpc'
import type { ServiceState } from './plugin.js'
import type { Service } from './service.js'
import type { Supervisor } from './supervisor.js'
import type { Terminal } from './terminal.js'

/** Bytes on their way to one viewer; more wait in the ring, where they grow old for him alone. */
const BUFFERED_BYTES_MAX = 65_536

const validate = compileSchema(
  Type.Object(
    {
      type: Type.Literal('resize'),
      columns: Type.Integer({ minimum: 1, maximum: 65_535 }),
      rows: Type.Integer({ minimum: 1, maximum: 65_535 }),
    },
    { additionalProperties: false },
  ),
  'message',
)

/** The route over the services of a supervisor; `audit` is told of everyone who types. */
export function attachRoute(
  supervisor: Supervisor,
  audit: (call: AuditedCall) => void,
): SocketRoute {
  return {
    path: '/attach/:service',
    handler: ({ service: name = '' }, { caller }) => {
      const { service, terminal } = supervisor.terminalOf(name)
      return (connection) => {
        let isNoted = false
        connection.send(JSON.stringify({ type: 'begin', ...stateOf(service) }))
        connection.onMessage((message) => {
          if (!isNoted) audit({ method: 'attach', effect: 'changes', caller })
          isNoted = true
          receive(connection, service, message)
        })
        followState(connection, supervisor, service)
        void show(connection, terminal)
      }
    },
  }
}

async function show(connection: SocketConnection, terminal: Terminal): Promise<void> {
  for (let from = 0; connection.isOpen;) {
    const { bytes, next, lost } = terminal.since(from)
    if (lost > 0 && from > 0) connection.send(JSON.stringify({ type: 'lost', bytes: lost }))
    if (bytes.length > 0) connection.sendBytes(bytes)
    from = next
    await connection.untilBuffered(BUFFERED_BYTES_MAX)
    await terminal.more(from, connection.signal)
  }
}

function receive(connection: SocketConnection, service: Service, message: SocketMessage): void {
  const { text, bytes } = message
  if (text === undefined) {
    if (service.run?.write(bytes) === true) return
    return connection.tell(JSON.stringify({ type: 'refused', bytes: bytes.length }))
  }
  const said = parse(text)
  const fault = validate(said)
  if (fault !== undefined) return connection.close(CLOSE_CODES.invalidData, fault)
  const { columns, rows } = said as { columns: number; rows: number }
  service.run?.resize(columns, rows)
}

function followState(connection: SocketConnection, supervisor: Supervisor, service: Service): void {
  const { name } = service.definition
  const stop = supervisor.subscribe((event) => {
    if (!('service' in event) || event.service !== name) return
    if (event.type === 'state') {
      connection.tell(JSON.stringify({ type: 'state', ...stateOf(service) }))
    }
    if (event.type === 'deleted') connection.close(CLOSE_CODES.goingAway, `${name} is deleted`)
  })
  connection.signal.addEventListener('abort', stop)
}

function stateOf(service: Service): {
  readonly service: string
  readonly state: ServiceState
  readonly run: number | null
  readonly pid: number | null
} {
  const { name, state, run, pid } = service.status()
  return { service: name, state, run, pid }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
