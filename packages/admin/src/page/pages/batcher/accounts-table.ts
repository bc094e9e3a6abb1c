// The accounts of all producers. They add up, and the table says so: received = sent + dropped, and
// sent = stored + queued, in every row.
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { plainText } from '../../text/ansi.js'
import { countText } from '../../text/numbers.js'
import { rateText, reasonText } from './panels.js'
import { sourceOf } from './sample.js'
import type { Stats } from './sample.js'

type Account = Stats['sources'][string]

/** Producers that are listed; the busiest ones if there are more. */
const ROWS_MAX = 200

/** The table; `logHref` leads to the log of a source. */
export function accountsTable(stats: Stats, logHref: (source: string) => string): TemplateResult {
  const all = Object.entries(stats.sources).toSorted(
    ([, a], [, b]) => b.rate_1m - a.rate_1m || b.received - a.received,
  )
  const shown = all.slice(0, ROWS_MAX)
  return html`
    <table>
      <caption class="hidden-text">
        Accounts of all producers, in lines
      </caption>
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">By way of</th>
          <th scope="col" class="number">Lines/s</th>
          <th scope="col" class="number">1 min</th>
          <th scope="col" class="number">Received</th>
          <th scope="col" class="number">Sent</th>
          <th scope="col" class="number">Dropped</th>
          <th scope="col" class="number">Stored</th>
          <th scope="col" class="number">Queued</th>
          <th scope="col" class="number">Held back</th>
          <th scope="col">Dropped for</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(([key, account]) => row(key, account, logHref))}
      </tbody>
      <tfoot>
        ${total(stats, all.length - shown.length)}
      </tfoot>
    </table>
  `
}

function row(key: string, account: Account, logHref: (source: string) => string): TemplateResult {
  const source = sourceOf(key)
  return html`<tr>
    <th scope="row" class="name"><a href=${logHref(source)}>${plainText(source)}</a></th>
    <td>${key.slice(0, key.length - source.length - 1)}</td>
    <td class="number">${rateText(account.rate_1s)}</td>
    <td class="number">${rateText(account.rate_1m)}</td>
    ${counts(account)}
    <td class="number">${account.held_ms === 0 ? '' : `${countText(account.held_ms)} ms`}</td>
    <td>${reasonsOf(account.dropped_by)}</td>
  </tr>`
}

function total({ totals, sources }: Stats, left: number): TemplateResult {
  const accounts = Object.values(sources)
  const sum = (read: (account: Account) => number): number =>
    accounts.reduce((all, account) => all + read(account), 0)
  const all = {
    received: totals.received_total,
    sent: totals.sent_total,
    dropped: totals.dropped_total,
    stored: totals.stored_total,
    queued: totals.queued_total,
  }
  return html`<tr>
    <th scope="row">All${left > 0 ? html`, ${countText(left)} not shown` : nothing}</th>
    <td></td>
    <td class="number">${rateText(sum((account) => account.rate_1s))}</td>
    <td class="number">${rateText(sum((account) => account.rate_1m))}</td>
    ${counts(all)}
    <td></td>
    <td>${accounts.every(addsUp) && addsUp(all) ? 'adds up' : 'does not add up'}</td>
  </tr>`
}

type Counts = Pick<Account, 'received' | 'sent' | 'dropped' | 'stored' | 'queued'>

function counts(account: Counts): TemplateResult[] {
  return (['received', 'sent', 'dropped', 'stored', 'queued'] as const).map(
    (part) =>
      html`<td class="number ${part === 'dropped' && account.dropped > 0 ? 'lost' : ''}">
        ${countText(account[part])}
      </td>`,
  )
}

function addsUp({ received, sent, dropped, stored, queued }: Counts): boolean {
  return received === sent + dropped && sent === stored + queued
}

function reasonsOf(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .filter(([, lines]) => lines > 0)
    .map(([reason, lines]) => `${reasonText(reason)} ${countText(lines)}`)
    .join(', ')
}
