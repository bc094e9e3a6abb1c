// Streams over server-sent events that break: from where they are asked for again.
import { describe, expect, test } from 'vitest'
import type { LogEntry } from '@hero/sdk'
import { createEventFeed } from '../src/event-feed.js'
import { streamLogs } from '../src/log-stream.js'

interface Told {
  readonly id: string
  readonly event: string
  readonly data: string
}

const entryEvent = (seq: number): Told => ({
  id: `c${seq}`,
  event: 'entry',
  data: JSON.stringify({ seq, cursor: `c${seq}` }),
})

describe('createEventFeed()', () => {
  test('resumes after the last entry when the store cannot go on for a while', async () => {
    // hero_proc gives an error the id of where the stream began.
    const error = {
      id: 'c0',
      event: 'error',
      data: JSON.stringify({ message: 'closed', data: { code: 'Unavailable' } }),
    }
    const scripts = [[entryEvent(1), entryEvent(2), error], [entryEvent(3)]]
    const asked: (string | null)[] = []
    const feed = createEventFeed({
      async *events(path, options) {
        asked.push(new URL(path, 'http://hero').searchParams.get('from_cursor'))
        for (const one of scripts.shift() ?? []) {
          options?.onId?.(one.id)
          yield one
        }
      },
    })
    const seen: LogEntry[] = []
    for await (const entry of streamLogs(feed)) if (seen.push(entry) === 3) break
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(asked).toEqual([null, 'c2'])
  })
})
