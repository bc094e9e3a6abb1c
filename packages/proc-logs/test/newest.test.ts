// The newest entries: asked for until there are enough, also where an answer has found nothing yet.
import type { Entry, Query, QueryPage } from '@hero/logs'
import { expect, test } from 'vitest'
import { newest } from '../src/newest.js'

test('newest() goes on where an answer ended without having found anything', async () => {
  const entry = (seq: number): Entry => ({ seq, text: String(seq) }) as Entry
  const answers: Partial<QueryPage>[] = [
    { entries: [], next_cursor: 'a' },
    { entries: [entry(9)], next_cursor: 'b' },
    { entries: [entry(5)], next_cursor: null },
  ]
  const asked: Query[] = []
  const query = async (one: Query): Promise<QueryPage> => {
    asked.push(one)
    return answers.shift() as QueryPage
  }
  const { entries, complete } = await newest({ query }, ['web'], 3)
  expect(entries.map(({ seq }) => seq)).toEqual([5, 9])
  expect(complete).toBe(true)
  expect(asked.map(({ before, limit }) => [before, limit])).toEqual([
    [undefined, 3],
    ['a', 3],
    ['b', 2],
  ])
})
