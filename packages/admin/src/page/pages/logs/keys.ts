// Which key does what on the logs page.
import type { LevelGroup } from './filter.js'

export type PageAction =
  | { readonly name: 'move'; readonly lines: number }
  | { readonly name: 'screen'; readonly screens: number }
  | { readonly name: 'hit' | 'problem'; readonly direction: 'next' | 'previous' }
  | { readonly name: 'levels'; readonly levels: readonly LevelGroup[] }
  | {
      readonly name:
        | 'oldest'
        | 'newest'
        | 'toggle'
        | 'follow'
        | 'find'
        | 'source'
        | 'context'
        | 'copyLine'
        | 'copyLink'
        | 'clear'
        | 'onlyHits'
        | 'wrap'
        | 'fold'
        | 'time'
        | 'chart'
        | 'sources'
        | 'help'
        | 'letGo'
    }

const KEYS: Readonly<Record<string, PageAction>> = {
  j: { name: 'move', lines: 1 },
  k: { name: 'move', lines: -1 },
  ArrowDown: { name: 'move', lines: 1 },
  ArrowUp: { name: 'move', lines: -1 },
  ' ': { name: 'screen', screens: 1 },
  PageDown: { name: 'screen', screens: 1 },
  PageUp: { name: 'screen', screens: -1 },
  Home: { name: 'oldest' },
  End: { name: 'newest' },
  '[': { name: 'problem', direction: 'previous' },
  ']': { name: 'problem', direction: 'next' },
  Enter: { name: 'toggle' },
  '/': { name: 'find' },
  n: { name: 'hit', direction: 'next' },
  N: { name: 'hit', direction: 'previous' },
  o: { name: 'onlyHits' },
  c: { name: 'context' },
  0: { name: 'clear' },
  1: { name: 'levels', levels: ['error'] },
  2: { name: 'levels', levels: ['error', 'warning'] },
  3: { name: 'levels', levels: ['error', 'warning', 'info'] },
  s: { name: 'source' },
  f: { name: 'follow' },
  w: { name: 'wrap' },
  m: { name: 'fold' },
  t: { name: 'time' },
  h: { name: 'chart' },
  b: { name: 'sources' },
  y: { name: 'copyLine' },
  l: { name: 'copyLink' },
  Escape: { name: 'letGo' },
  '?': { name: 'help' },
}

/** What a key asks for; Space and Enter on a control are the control's. */
export function keyAction(event: KeyboardEvent): PageAction | undefined {
  const [target] = event.composedPath()
  const isControl = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement
  if (isControl && (event.key === ' ' || event.key === 'Enter')) return undefined
  return KEYS[event.key]
}
