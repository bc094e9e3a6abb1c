// Anything that can be done to a store, in any order: what is read is what a plain list says, bit for bit,
// numbers prove every loss, the accounts add up, and nothing is damaged.
import { openLogs } from '@hero/logs'
import type { Entry, Logs } from '@hero/logs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectConservation, freshDir, readAll, region } from '../support.js'

const SOURCES = ['a', 'b', 'c'] as const

type Action =
  | {
      readonly do: 'lines'
      readonly source: number
      readonly lines: readonly Uint8Array[]
      readonly times: number
    }
  | {
      readonly do: 'record'
      readonly source: number
      readonly bytes: Uint8Array
      readonly fields: object | undefined
    }
  | { readonly do: 'parts' | 'too_large' | 'clear'; readonly source: number }
  | { readonly do: 'sync' | 'compact' | 'rotate' | 'empty' | 'restart' }

const source = fc.nat(SOURCES.length - 1)
const line = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => bytes.map((byte) => (byte === 10 ? 32 : byte)))
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('lines' as const),
      source,
      lines: fc.array(line, { minLength: 1, maxLength: 20 }),
      times: fc.constantFrom(1, 3, 300),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      source,
      bytes: fc.uint8Array({ maxLength: 80 }),
      fields: fc.option(fc.dictionary(fc.string(), fc.integer(), { noNullPrototype: true }), {
        nil: undefined,
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('parts' as const, 'too_large' as const, 'clear' as const),
      source,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'sync' as const,
        'sync' as const,
        'compact' as const,
        'rotate' as const,
        'restart' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('empty' as const) }) },
)

interface Expected {
  readonly source: string
  readonly hex: string
  readonly part: string
  readonly fields: string
}

/** A store and the list that it must be equal to. */
class Pair {
  expected: Expected[] = []
  readonly #dir: string
  #logs: Logs

  private constructor(dir: string, logs: Logs) {
    this.#dir = dir
    this.#logs = logs
  }

  static async open(): Promise<Pair> {
    const dir = freshDir()
    return new Pair(dir, await openStore(dir))
  }

  async apply(one: Action): Promise<void> {
    const name = 'source' in one ? SOURCES[one.source]! : ''
    switch (one.do) {
      case 'lines': {
        const lines = Array.from({ length: one.times }, () => one.lines).flat()
        const text = Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')]))
        this.#logs.sink({ source: name, origin: 'pipe' }).writeLines(region(text), 1)
        for (const bytes of lines) this.#add(name, bytes)
        return
      }
      case 'record': {
        const { bytes, fields } = one
        this.#logs
          .sink({ source: name, origin: 'rpc' })
          .write({ bytes, ...(fields ? { fields: fields as never } : {}) })
        this.#add(name, bytes, 'none', fields)
        return
      }
      case 'parts': {
        const sink = this.#logs.sink({ source: name, origin: 'pipe' })
        for (const part of ['first', 'middle', 'last'] as const) {
          const isLast = part === 'last'
          sink.writeLines(
            region(`${part}${isLast ? '\n' : ''}`, { lines: 1, part, terminated: isLast }),
            1,
          )
          this.#add(name, Buffer.from(part), part)
        }
        return
      }
      case 'too_large':
        this.#logs.sink({ source: name, origin: 'rpc' }).write({ text: 'x'.repeat(600_000) })
        return
      case 'clear': {
        const { lines } = await this.#logs.clear(name)
        expect(lines).toBeGreaterThanOrEqual(this.#of(name).length)
        this.expected = this.expected.filter(({ source: other }) => other !== name)
        return
      }
      case 'sync':
        return await this.#logs.sync()
      case 'compact':
        return await this.#logs.compact()
      case 'rotate':
        return void (await this.#logs.vacuum({}))
      case 'empty':
        await this.#logs.vacuum({ bytes: 0 })
        this.expected = []
        return
      case 'restart':
        await this.#logs.close()
        this.#logs = await openStore(this.#dir)
    }
  }

  async check(): Promise<void> {
    await this.#logs.sync()
    const entries = await readAll(this.#logs, { sources: [...SOURCES], limit: 10_000 })
    const ordinary = entries.filter(({ gap }) => gap === undefined)
    expect(ordinary.map(essence)).toEqual(this.expected)
    const descending = await readAll(this.#logs, {
      sources: [...SOURCES],
      limit: 777,
      order: 'desc',
    })
    expect(descending.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toReversed())
    for (const name of SOURCES) {
      const numbers = entries.filter(({ source: own }) => own === name).map(({ n }) => n)
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other))
    }
    expectConservation(this.#logs.stats())
    expect((await this.#logs.verify()).damage).toEqual([])
  }

  async close(): Promise<void> {
    await this.#logs.close()
  }

  #of(name: string): Expected[] {
    return this.expected.filter(({ source: other }) => other === name)
  }

  #add(name: string, bytes: Uint8Array, part = 'none', fields?: object): void {
    const hex = Buffer.from(bytes).toString('hex')
    this.expected.push({ source: name, hex, part, fields: JSON.stringify(fields ?? {}) })
  }
}

function openStore(dir: string): Promise<Logs> {
  return openLogs({ dir, durability: 'interval', partitionBytes: 65_536, flushDelayMs: 1 })
}

function essence({ source: name, text, bytes, part, fields }: Entry): Expected {
  const hex = Buffer.from(bytes ?? text!).toString('hex')
  return { source: name, hex, part: part ?? 'none', fields: JSON.stringify(fields ?? {}) }
}

test('a store is what a list of its lines says, whatever was done to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const pair = await Pair.open()
      try {
        for (const one of actions) await pair.apply(one)
        await pair.check()
        await pair.apply({ do: 'restart' })
        await pair.apply({ do: 'compact' })
        await pair.check()
      } finally {
        await pair.close()
      }
    }),
    { numRuns: 6 },
  )
})
