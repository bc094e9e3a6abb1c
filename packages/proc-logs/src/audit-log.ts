// Who changed what, in hero_proc's own log: a line for every call that changes something. Calls that only
// append are the data path: a line for the first one of a caller, then their number once a minute, so
// that writing logs does not write twice as many.
import type { Sink } from '@hero/logs'
import type { AuditedCall, Caller } from '@hero/rpc'
import { SERVING_LIMITS } from './serving-limits.js'

interface Counted {
  readonly call: AuditedCall
  calls: number
}

export class AuditLog {
  readonly #sink: Pick<Sink, 'write'>
  readonly #timer: NodeJS.Timeout
  #counted = new Map<string, Counted>()

  /** Writes to `sink`. */
  constructor(sink: Pick<Sink, 'write'>) {
    this.#sink = sink
    this.#timer = setInterval(() => this.#tell(), SERVING_LIMITS.auditPeriodMs).unref()
  }

  /** Takes note of a call when it has ended. */
  note(call: AuditedCall): void {
    if (call.effect === 'changes') return this.#write(call)
    const isKnown = this.#counted.has(keyOf(call))
    const isFull = this.#counted.size >= SERVING_LIMITS.auditCallersMax
    const counted = !isKnown && isFull ? OTHERS : call
    const known = this.#counted.get(keyOf(counted))
    if (known !== undefined) {
      known.calls += 1
      return
    }
    this.#counted.set(keyOf(counted), { call: counted, calls: 0 })
    this.#write(counted)
  }

  /** Takes note of something that appends and is no call. */
  noteAppend(method: string, caller: Caller): void {
    this.note({ method, effect: 'appends', caller })
  }

  close(): void {
    clearInterval(this.#timer)
    this.#tell()
  }

  #tell(): void {
    const counted = this.#counted
    this.#counted = new Map()
    for (const { call, calls } of counted.values()) {
      if (calls > 0) this.#write(call, calls, calls === 1 ? 'once more ' : `${calls} times `)
    }
  }

  #write({ method, caller, failure }: AuditedCall, calls = 1, often = ''): void {
    const { uid, gid, pid, transport, address } = caller
    const who = uid === undefined ? address : `uid ${uid}, pid ${pid}`
    const how = failure === undefined ? '' : `, failed: ${failure}`
    this.#sink.write({
      text: `${method} called ${often}by ${who}${how}`,
      level: 'notice',
      fields: {
        event: 'audit',
        method,
        calls,
        transport,
        ...(uid === undefined ? { address } : { uid, gid: gid ?? null, pid: pid ?? null }),
        ...(failure === undefined ? {} : { failure }),
      },
    })
  }
}

const OTHERS: AuditedCall = {
  method: 'several methods',
  effect: 'appends',
  caller: { transport: 'tcp', address: 'many callers' },
}

function keyOf({ method, caller, failure }: AuditedCall): string {
  const { uid, pid, address } = caller
  // One program's connections over TCP differ in the port alone.
  const host = address.replace(/:\d+$/, '')
  return [method, uid, pid, host, failure].join(' ')
}
