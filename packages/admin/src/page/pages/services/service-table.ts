// All services, one a row.
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { plainText } from '../../text/ansi.js'
import { hashOf } from '../../app/router.js'
import { countText } from '../../text/numbers.js'
import { exitText, isBadEnd, moodOf, storyOf, verbsOf } from './service-words.js'
import type { Status, Verb } from './service-words.js'

export interface TableOptions {
  readonly nowMs: number
  /** Services with an operation under way. */
  readonly busy: ReadonlySet<string>
  /** The one whose story is shown. */
  readonly current: string | undefined
  readonly onVerb: (verb: Verb, status: Status) => void
}

/** The table of services. */
export function serviceTable(services: readonly Status[], options: TableOptions): TemplateResult {
  return html`
    <table>
      <caption class="hidden-text">
        Services
      </caption>
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">State</th>
          <th scope="col" class="number more">Run</th>
          <th scope="col" class="number more">Process</th>
          <th scope="col" class="number more">Restarts</th>
          <th scope="col" class="more">Last end</th>
          <th scope="col" class="more"><span class="hidden-text">Operations</span></th>
        </tr>
      </thead>
      <tbody>
        ${services.map((status) => row(status, options))}
      </tbody>
    </table>
  `
}

function row(status: Status, { nowMs, busy, current, onVerb }: TableOptions): TemplateResult {
  const { name, state, run, pid, restarts, last_exit: exit } = status
  return html`<tr aria-current=${name === current ? 'true' : 'false'}>
    <th scope="row" class="name"><a href=${storyHref(name)}>${plainText(name)}</a></th>
    <td>${stateBadge(state)} <span class="muted">${storyOf(status, nowMs)}</span></td>
    ${fact('Run', run)} ${fact('Process', pid)} ${fact('Restarts', countText(restarts))}
    <td
      class="more ${isBadEnd(status) ? 'lost' : 'muted'} ${exit === null ? 'none' : ''}"
      data-label="Last end"
    >
      ${exit === null ? nothing : plainText(exitText(exit))}
    </td>
    <td class="operations more">
      ${operations(status, busy.has(name), onVerb)}
      <a class="button" aria-label="Log of ${plainText(name)}" href=${logHref(name)}>Log</a>
    </td>
  </tr>`
}

function fact(label: string, value: string | number | null): TemplateResult {
  const none = value === null ? 'none' : ''
  return html`<td class="number more ${none}" data-label=${label}>${value ?? ''}</td>`
}

/** A state as a word with a mark: not by color alone. */
export function stateBadge(state: Status['state']): TemplateResult {
  return html`<span class="state ${moodOf(state)}"><span class="dot"></span>${state}</span>`
}

/** The buttons for what can be done with a service now. */
export function operations(
  status: Status,
  isBusy: boolean,
  onVerb: TableOptions['onVerb'],
): readonly TemplateResult[] {
  return verbsOf(status.state).map(
    (verb) =>
      html`<button
        ?disabled=${isBusy}
        aria-label="${WORDS[verb]} ${plainText(status.name)}"
        @click=${() => onVerb(verb, status)}
      >
        ${WORDS[verb]}
      </button>`,
  )
}

const WORDS: Readonly<Record<Verb, string>> = { start: 'Start', stop: 'Stop', restart: 'Restart' }

/** Where the story of a service is. */
export function storyHref(service: string): string {
  return hashOf({ page: 'services', params: new URLSearchParams({ service }) })
}

/** Where the log of a service is. */
export function logHref(source: string): string {
  return hashOf({ page: 'logs', params: new URLSearchParams({ source }) })
}
