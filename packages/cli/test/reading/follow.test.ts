// Following over streams that break: what is asked for again, and when it gives up.
import { describe, expect, test } from 'vitest'
import type { WireEntry } from '@hero/logs'
import { eventsPath, followEntries } from '../../src/reading/follow.js'

interface Event {
  readonly id: string
  readonly event: string
  readonly data: string
}

const entryEvent = (seq: number): Event => ({
  id: `c${seq}`,
  event: 'entry',
  data: JSON.stringify({ seq, cursor: `c${seq}` }),
})

const unavailable = (): Error => Object.assign(new Error('gone'), { code: 'Unavailable' })

// A server that plays one script a connection: events, then an end or an error.
function scripted(scripts: (readonly (Event | Error)[])[]): {
  readonly resumed: (string | undefined)[]
  events(path: string, options: { lastEventId?: string }): AsyncGenerator<Event>
} {
  const resumed: (string | undefined)[] = []
  return {
    resumed,
    async *events(_: string, { lastEventId }: { lastEventId?: string }) {
      resumed.push(lastEventId)
      for (const step of scripts.shift() ?? [unavailable()]) {
        if (step instanceof Error) throw step
        yield step
      }
    },
  }
}

async function collect(
  client: ReturnType<typeof scripted>,
  wanted: number,
  patienceMs?: number,
): Promise<{ seqs: number[]; states: string[] }> {
  const stop = new AbortController()
  const seqs: number[] = []
  const states: string[] = []
  const live = followEntries(client as never, {
    query: {},
    begin: { tail: 0 },
    signal: stop.signal,
    onChange: (state) => states.push(state),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })
  for await (const { seq } of live as AsyncIterable<WireEntry>) {
    seqs.push(seq)
    if (seqs.length === wanted) stop.abort()
  }
  return { seqs, states }
}

describe('followEntries()', () => {
  test('goes on after the last entry when the connection breaks', async () => {
    const client = scripted([
      [entryEvent(1), entryEvent(2), unavailable()],
      [unavailable()],
      [entryEvent(3)],
    ])
    expect(await collect(client, 3)).toEqual({ seqs: [1, 2, 3], states: ['lost', 'back'] })
    expect(client.resumed).toEqual([undefined, 'c2', 'c2'])
  })

  test('takes the end of the stream as a broken connection', async () => {
    const end = { id: '', event: 'end', data: '{}' }
    const client = scripted([[entryEvent(1), end], [entryEvent(2)]])
    expect((await collect(client, 2)).seqs).toEqual([1, 2])
  })

  test('goes on from where it began when the connection breaks before the first entry', async () => {
    const resumed: (string | undefined)[] = []
    const client = {
      async *events(_: string, options: { lastEventId?: string; onId?: (id: string) => void }) {
        resumed.push(options.lastEventId)
        // The stream begins with its place alone, which is no event.
        options.onId?.('c4')
        if (resumed.length === 1) throw unavailable()
        yield entryEvent(5)
      },
    }
    expect((await collect({ ...client, resumed }, 1)).seqs).toEqual([5])
    expect(resumed).toEqual([undefined, 'c4'])
  })

  test('passes gaps on and ignores events that it does not know', async () => {
    const gap = { ...entryEvent(2), event: 'gap' }
    const lag = { id: 'x', event: 'lag', data: '{}' }
    const client = scripted([[entryEvent(1), lag, gap, unavailable()], [entryEvent(3)]])
    expect((await collect(client, 3)).seqs).toEqual([1, 2, 3])
    expect(client.resumed).toEqual([undefined, 'c2'])
  })

  test('goes on with the oldest that is left when lines were removed meanwhile', async () => {
    const missed = Object.assign(new Error('gone'), {
      code: -32003,
      data: { code: 'MissedRotation', lost: 7, oldest_cursor: 'c9' },
    })
    const client = scripted([[entryEvent(1), unavailable()], [missed], [entryEvent(10)]])
    expect(await collect(client, 2)).toEqual({ seqs: [1, 10], states: ['lost', 'back'] })
    expect(client.resumed).toEqual([undefined, 'c1', 'c9'])
  })

  test('gives up when hero_proc does not come back in time', async () => {
    await expect(collect(scripted([[entryEvent(1)]]), 2, 0)).rejects.toMatchObject({
      exitCode: 4,
      message: 'hero_proc went away and did not come back',
    })
  })

  test('does not try again what hero_proc refuses', async () => {
    const refusal = Object.assign(new Error('no'), {
      code: -32002,
      data: { code: 'InvalidCursor' },
    })
    const client = scripted([[refusal]])
    await expect(collect(client, 1)).rejects.toBe(refusal)
    expect(client.resumed).toHaveLength(1)
  })
})

test('eventsPath() repeats lists and escapes text', () => {
  const query = { sources: ['a b', 'c&d'], levels: ['error'], contains: 'x=1' } as const
  expect(eventsPath(query, { from_cursor: 'C' })).toBe(
    '/events?sources=a+b&sources=c%26d&levels=error&contains=x%3D1&from_cursor=C',
  )
})
