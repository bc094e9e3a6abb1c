// The newest entries of some sources, however many answers of the store that takes.
import type { Entry, Logs, QueryPage } from '@hero/logs'

/** Text of one answer; where it is more, the answer begins later and says so. */
const BYTES_MAX = 8_388_608

/**
 * Returns the newest `lines` entries, oldest first; `complete` is false if they are too much text for one
 * answer. A query answers what it has when its budget is spent: it is asked on until there are enough.
 */
export async function newest(
  logs: Pick<Logs, 'query'>,
  sources: readonly string[] | undefined,
  lines: number,
): Promise<Pick<QueryPage, 'entries' | 'complete'>> {
  const found: Entry[] = []
  let bytes = 0
  let before: string | undefined
  for (;;) {
    const page = await logs.query({
      ...(sources === undefined ? {} : { sources }),
      ...(before === undefined ? {} : { before }),
      order: 'desc',
      limit: lines - found.length,
    })
    found.push(...page.entries)
    for (const { text, bytes: raw } of page.entries) bytes += text?.length ?? raw?.length ?? 0
    const isEnd = found.length >= lines || page.next_cursor === null
    if (isEnd || bytes >= BYTES_MAX) return { entries: found.toReversed(), complete: isEnd }
    before = page.next_cursor ?? undefined
  }
}
