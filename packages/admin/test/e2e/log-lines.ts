// What the log view of a page holds and shows, for tests.
import type { Page } from 'playwright-core'

export interface ViewState {
  readonly isFollowing: boolean
  /** Numbers within their source, of the lines that are held. */
  readonly held: readonly number[]
  readonly seqs: readonly number[]
  readonly rows: number
  readonly newCount: number
  readonly currentSeq: number | undefined
  readonly topSeq: number | undefined
}

interface ViewElement extends HTMLElement {
  readonly isFollowing: boolean
  readonly currentSeq: number | undefined
  readonly topEntry: { readonly seq: number } | undefined
  readonly lines?: {
    readonly newCount: number
    readonly entries: readonly { readonly seq: number; readonly n: number }[]
  }
}

/** Reads the state of the view. */
export function viewState(page: Page): Promise<ViewState> {
  return page.locator('log-view').evaluate((element) => {
    const { isFollowing, currentSeq, topEntry, lines, shadowRoot } = element as ViewElement
    const entries = lines?.entries ?? []
    return {
      isFollowing,
      held: entries.map(({ n }) => n),
      seqs: entries.map(({ seq }) => seq),
      rows: shadowRoot?.querySelectorAll('.row').length ?? 0,
      newCount: lines?.newCount ?? 0,
      currentSeq,
      topSeq: topEntry?.seq,
    }
  })
}

/** Numbers that follow each other without a hole and without one twice. */
export function isGapless(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1)
}
