// Equal questions that come together are asked once: a thousand followers with one filter wake at the same
// commit and want the same page.
import type { ReadPage } from './log-reader.js'
import type { ResolvedQuery } from './resolve-query.js'

export type AskPage = (query: ResolvedQuery, upToSeq: number) => Promise<ReadPage>

/** Returns `read` such that a question that is under way is not asked again. Pages must not be changed. */
export function sharedReads(read: AskPage): AskPage {
  const underWay = new Map<string, Promise<ReadPage>>()
  return (query, upToSeq) => {
    const key = JSON.stringify([query, upToSeq])
    const known = underWay.get(key)
    if (known) return known
    const page = read(query, upToSeq)
    underWay.set(key, page)
    const forget = (): void => void underWay.delete(key)
    page.then(forget, forget)
    return page
  }
}
