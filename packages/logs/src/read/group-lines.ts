// Lines that belong together, found when they are read: a stack trace, an indented dump, a wrapped message.
// Nothing is changed in the store; a search that finds a line can be shown with the whole of its group.
import type { Entry } from '../model/entry.js'

/** A line, and those of its source and stream that continue it. */
export interface LineGroup {
  readonly head: Entry
  readonly rest: readonly Entry[]
}

// What a line begins with that does not stand alone: blanks, a frame or a cause of a stack trace (JVM, Python,
// Go, Node, .NET, Ruby, PHP), a closing bracket.
const CONTINUES =
  /^(?:[\t ]+\S|(?:at|\.{3} \d+ more|from) |Caused by: |Suppressed: |Traceback \(most recent call last\):|During handling of the above exception|The above exception was the direct cause|goroutine \d+ \[|created by |#\d+ |[)\]}]+[,;]?$)/

/** A line that ends a Python traceback stands at the margin: `ValueError: ...`. */
const ENDS_TRACEBACK = /^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit)\b/

/** Lines of one group; a longer one goes on in the next. */
const GROUP_LINES_MAX = 1_000

/** True if a line continues the one before it. */
export function isContinuation(text: string): boolean {
  return CONTINUES.test(text)
}

/**
 * Groups entries, ascending: each line that continues another one joins the group of its source, stream and
 * run. The groups come in the order of their heads.
 */
export function groupLines(entries: readonly Entry[]): LineGroup[] {
  const groups: { head: Entry; rest: Entry[] }[] = []
  const open = new Map<string, { head: Entry; rest: Entry[] }>()
  for (const entry of entries) {
    const way = `${entry.source}\n${entry.stream}\n${entry.run}`
    const group = open.get(way)
    if (group && group.rest.length < GROUP_LINES_MAX && joins(group, entry)) {
      group.rest.push(entry)
      continue
    }
    const begun = { head: entry, rest: [] }
    groups.push(begun)
    open.set(way, begun)
  }
  return groups
}

function joins({ head, rest }: LineGroup, { text, gap, part, part_seq }: Entry): boolean {
  if (gap !== undefined || head.gap !== undefined || text === undefined) return false
  // Parts of one line belong together whatever they look like.
  if (part === 'middle' || part === 'last') return part_seq === (rest.at(-1) ?? head).part_seq
  if (isContinuation(text)) return true
  const isTraceback = [head, ...rest].some((one) => one.text?.startsWith('Traceback (most recent'))
  return isTraceback && ENDS_TRACEBACK.test(text) && /^\s/.test((rest.at(-1) ?? head).text ?? '')
}
