// Which entries a stream is about, and where it begins.

/** Not both `since` and `fromCursor`; `tail` alone or with either. */
export interface LogFilters {
  /** Source names; `*` matches any run of characters. @default all */
  readonly sources?: readonly string[]
  readonly origins?: readonly string[]
  readonly streams?: readonly ('stdout' | 'stderr' | 'none')[]
  /** Names, or one word: `error` (and more severe), `warning..info`, `none`. */
  readonly levels?: readonly string[] | string
  /** Run numbers, or `last`: each source's newest run. */
  readonly runs?: readonly number[] | 'last'
  /** Substring; matched without case unless it holds an upper-case letter. */
  readonly contains?: string
  readonly regex?: string
  /** Conditions on fields, such as `status>=500`; all of them must hold. */
  readonly fields?: readonly string[]
  /** RFC 3339, or microseconds since the epoch. */
  readonly since?: string | number
  /** Begin with the newest `tail` entries. */
  readonly tail?: number
  /** Begin strictly after this entry. */
  readonly fromCursor?: string
}
