// What is known of the sources, asked for again and again while somebody looks: two answers make a rate.
import { client } from '../../client.js'

export interface SourceState {
  readonly name: string
  /** Lines a second, since the answer before. */
  readonly rate: number
  readonly dropped: number
  readonly lines: number
  readonly firstSeq: number
  readonly lastSeq: number
}

const ASK_MS = 2_000

export interface SourceWatch {
  close(): void
}

/** Tells the states now and then every two seconds, sorted by name; not while the page is hidden. */
export function watchSources(told: (states: readonly SourceState[]) => void): SourceWatch {
  let timer = 0
  let isClosed = false
  let before = new Map<string, number>()
  let beforeMs = 0
  const ask = async (): Promise<void> => {
    if (!document.hidden) {
      const { sources } = await client.logs.sources()
      const nowMs = performance.now()
      const seconds = (nowMs - beforeMs) / 1_000
      told(
        sources
          .map(
            ({
              source: name,
              received,
              dropped,
              lines,
              rate_1m: minute,
              first_seq: first,
              last_seq: last,
            }) => {
              const known = before.get(name)
              const rate = known === undefined ? minute : (received - known) / seconds
              return { name, rate, dropped, lines, firstSeq: first ?? 0, lastSeq: last ?? 0 }
            },
          )
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      )
      before = new Map(sources.map(({ source, received }) => [source, received]))
      beforeMs = nowMs
    }
  }
  const askOn = (): void => {
    void ask()
      // The lines say that the connection is lost.
      .catch(() => undefined)
      .then(() => {
        if (!isClosed) timer = window.setTimeout(askOn, ASK_MS)
      })
  }
  askOn()
  return {
    close: () => {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

/** The part of the sequence that sources have lines in. */
export function rangeOf(
  states: readonly SourceState[],
  chosen: readonly string[],
): readonly [from: number, to: number] {
  const some = states.filter(({ name, lines }) => {
    return lines > 0 && (chosen.length === 0 || chosen.includes(name))
  })
  if (some.length === 0) return [1, 1]
  const from = Math.min(...some.map(({ firstSeq }) => firstSeq))
  return [from, Math.max(...some.map(({ lastSeq }) => lastSeq))]
}
