// Structured text: JSON objects and logfmt, as pairs that can be shown one below the other.

/** Values are as they were parsed: of logfmt always text. */
export type Structure = Readonly<Record<string, unknown>>

/** Longer text is not parsed for show. */
const CHARACTERS_MAX = 1_000_000
const PAIRS_MIN = 2

/** True if it is worth looking: cheap, for every line that is shown. */
export function mayHaveStructure(text: string): boolean {
  return (
    /^\s*\{.*\}\s*$/s.test(text) || /(?:^|\s)[\w.@/-]+=\S+.*\s[\w.@/-]+=/.test(text.slice(0, 500))
  )
}

/** Returns what the text holds, or undefined. */
export function parseStructure(text: string): Structure | undefined {
  if (text.length > CHARACTERS_MAX) return undefined
  return parseObject(text) ?? parseLogfmt(text)
}

function parseObject(text: string): Structure | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return JSON.parse(text) as Structure
  } catch {
    return undefined
  }
}

const PAIR = /(?:^|\s)([\w.@/-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g

function parseLogfmt(text: string): Structure | undefined {
  const pairs = [...text.matchAll(PAIR)].map(
    ([, key = '', quoted, bare = '']) =>
      [key, quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1')] as const,
  )
  return pairs.length >= PAIRS_MIN ? Object.fromEntries(pairs) : undefined
}

/** One line of a structure that is shown: how deep, which key, which value. */
export interface StructureRow {
  readonly depth: number
  readonly key: string
  /** Absent for what has rows of its own below. */
  readonly value?: string
  readonly kind: 'string' | 'number' | 'other' | 'branch'
}

/** Rows of one structure; the rest is said to be there. */
const ROWS_MAX = 500

/** Lays a structure out in rows. */
export function structureRows(structure: Structure): StructureRow[] {
  const rows: StructureRow[] = []
  const visit = (value: unknown, key: string, depth: number): void => {
    if (rows.length > ROWS_MAX) return
    if (rows.length === ROWS_MAX) {
      rows.push({ depth: 0, key: '...', value: 'and more', kind: 'other' })
      return
    }
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      rows.push({ depth, key, kind: 'branch' })
      for (const [name, one] of Object.entries(value)) visit(one, name, depth + 1)
      return
    }
    const kind =
      typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'other'
    const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    rows.push({ depth, key, value: shown, kind })
  }
  for (const [key, value] of Object.entries(structure)) visit(value, key, 0)
  return rows
}
