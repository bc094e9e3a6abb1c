// What can be done with a line where the page around it has no filter of its own: it leads to the logs page.
import type { LogEntry } from '@hero/sdk/browser'
import { goTo, hashOf } from '../../app/router.js'
import type { Place } from '../../app/router.js'
import { plainText } from '../../text/ansi.js'
import type { EntryActions } from './entry-details.js'
import { textOf } from './entry-text.js'
import { NO_FILTER, paramsOf } from './filter.js'

/** Actions that lead away; `say` is told what was done. */
export function lineActions(say: (note: string) => void): Required<EntryActions> {
  const copy = async (text: string, note: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      say(note)
    } catch {
      say('This browser does not let the page copy')
    }
  }
  return {
    copyLine: (entry) => void copy(plainText(textOf(entry)), 'Line copied'),
    copyLink: (entry) => {
      void copy(new URL(hashOf(placeIn([], entry)), location.origin).href, 'Link copied')
    },
    showContext: (entry) => goTo(placeIn([], entry)),
    onlySource: (entry) => goTo(placeIn([entry.source], entry)),
  }
}

function placeIn(sources: readonly string[], { seq }: LogEntry): Place {
  return { page: 'logs', params: paramsOf({ ...NO_FILTER, sources }, seq) }
}
