// Waits until a run is ready, as its definition says. One object a run; it sees the run's lines or its
// notification only as long as somebody waits.
import { setTimeout as sleep } from 'node:timers/promises'
import type { LineRegion } from '@hero/capture'
import { answersHttp, listensAt } from '@hero/rpc'

import type { ServiceReadiness } from './service-readiness.js'

/** Pause between two probes, in milliseconds: a service is rarely ready sooner, and a probe costs little. */
const PROBE_EVERY_MS = 50
/** Bytes of a line that a pattern sees. */
const PATTERN_BYTES_MAX = 4_096

/** What the run's capture has to do for it. */
export interface Readiness {
  /** The descriptor at which the service tells that it is ready. */
  readonly notifyFd: number | undefined
  /** To be called when it has. */
  readonly onNotify: () => void
  /** Gets the run's lines; undefined if they do not matter. */
  readonly onLines: ((region: LineRegion) => void) | undefined
  /** Resolves when the service is ready; never rejects and has no deadline of its own. */
  wait(signal: AbortSignal): Promise<void>
}

/** Makes the watcher of one run. It has to exist before the run begins, so that it misses nothing. */
export function createReadiness(ready: ServiceReadiness): Readiness {
  let tell = (): void => undefined
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  const matcher = ready.pattern === undefined ? undefined : new LineMatcher(ready.pattern)
  return {
    notifyFd: ready.fd,
    onNotify: () => tell(),
    onLines: matcher && ((region) => matcher.sees(region) && tell()),
    wait: async (signal) => {
      if (ready.path !== undefined) return probe(signal, () => listensAt(ready.path ?? ''))
      if (ready.url !== undefined) return probe(signal, () => answersHttp(ready.url ?? ''))
      if (ready.type !== 'none') await told
    },
  }
}

async function probe(signal: AbortSignal, isReady: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted) {
    if (await isReady()) return
    await sleep(PROBE_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** Looks for a pattern line by line, until it was found. */
class LineMatcher {
  readonly #pattern: RegExp
  #isFound = false

  constructor(pattern: string) {
    this.#pattern = new RegExp(pattern, 'u')
  }

  sees({ bytes, start, end }: LineRegion): boolean {
    if (this.#isFound) return false
    const region = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    for (let from = 0; from < region.length && !this.#isFound;) {
      const at = region.indexOf(10, from)
      const to = at < 0 ? region.length : at
      const line = region.toString('utf8', from, Math.min(to, from + PATTERN_BYTES_MAX))
      this.#isFound = this.#pattern.test(line)
      from = to + 1
    }
    return this.#isFound
  }
}
