// `service.watch`: what happens to services, as notifications over a WebSocket. The end of a run is told
// behind the exit barrier: whoever hears of it finds the run's last line in the log.
import { defineMethod, Type } from '@hero/rpc'
import type { MethodDefinition, RpcSession } from '@hero/rpc'
import type { RunExit, RunInfo, SupervisorEvent } from './plugin.js'
import type { Supervisor } from './supervisor.js'

/** Bytes that a watcher has not taken; beyond it events are counted and told as missed. */
const BUFFERED_BYTES_MAX = 262_144

/** Declares `service.watch` and `service.unwatch`. */
export function watchMethods(supervisor: Supervisor): readonly MethodDefinition[] {
  const watches = new WeakMap<AbortSignal, () => void>()
  const end = ({ signal }: RpcSession): boolean => {
    const stop = watches.get(signal)
    watches.delete(signal)
    stop?.()
    return stop !== undefined
  }
  return [
    defineMethod({
      name: 'service.watch',
      summary: 'Tells from now on when services change their state, start and have ended.',
      needsSession: true,
      params: Type.Object({
        services: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
      }),
      result: Type.Object({ watching: Type.Boolean() }),
      handler: ({ services }, context) => {
        const session = context.session as RpcSession
        end(session)
        session.afterAnswer(() => {
          const stop = supervisor.subscribe(tellerOf(session, services))
          watches.set(session.signal, stop)
          session.signal.addEventListener('abort', stop)
        })
        return { watching: true }
      },
    }),
    defineMethod({
      name: 'service.unwatch',
      summary: 'Ends the watch of this connection.',
      needsSession: true,
      params: Type.Object({}),
      result: Type.Object({ ended: Type.Boolean() }),
      handler: (_params, context) => ({ ended: end(context.session as RpcSession) }),
    }),
  ]
}

function tellerOf(
  session: RpcSession,
  services: readonly string[] | undefined,
): (event: SupervisorEvent) => void {
  let missed = 0
  return (event) => {
    if (!('service' in event) || services?.includes(event.service) === false) return
    const told = toNotification(event)
    if (told === undefined) return
    if (session.bufferedBytes > BUFFERED_BYTES_MAX) {
      missed += 1
      return
    }
    if (missed > 0) session.notify('service.missed', [JSON.stringify({ events: missed })])
    missed = 0
    session.notify(`service.${event.type}`, [JSON.stringify(told)])
  }
}

function toNotification(event: SupervisorEvent): object | undefined {
  switch (event.type) {
    case 'state':
      return { service: event.service, state: event.state }
    case 'started':
      return { service: event.service, ...runOf(event.run) }
    case 'exited':
      return { service: event.service, ...runOf(event.run), ...exitOf(event.exit) }
    case 'added':
    case 'deleted':
      return { service: event.service }
    case 'gave_up':
      return { service: event.service, failures: event.failures }
    default:
      return undefined
  }
}

function runOf({ run, pid, startedTs }: RunInfo): object {
  return { run, pid: pid ?? null, started_ts: startedTs }
}

function exitOf({ code, signal, escaped, endedTs, durationMs, error }: RunExit): object {
  return {
    code,
    signal,
    escaped,
    ended_ts: endedTs,
    duration_ms: durationMs,
    ...(error === undefined ? {} : { error }),
  }
}
