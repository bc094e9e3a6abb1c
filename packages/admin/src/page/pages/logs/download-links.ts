// Downloads of what the filter chooses: whole, packed with gzip, streamed by the browser itself.
import { css, html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import { lineConditions, NO_FILTER } from './filter.js'
import type { Filter } from './filter.js'

export class DownloadLinks extends LitElement {
  static override properties = { filter: { attribute: false } }

  static override styles = css`
    :host {
      color: var(--muted);
      white-space: nowrap;
    }

    @media (max-width: 560px) {
      .words {
        display: none;
      }
    }

    a {
      color: var(--accent);
      text-decoration: none;
    }

    a:hover {
      text-decoration: underline;
    }

    a:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 1px;
    }
  `

  declare filter: Filter

  constructor() {
    super()
    this.filter = NO_FILTER
  }

  override render(): TemplateResult {
    const link = (format: 'text' | 'ndjson', name: string, about: string): TemplateResult =>
      html`<a href=${exportHref(this.filter, format)} download aria-label="Download ${about}"
        >${name}</a
      >`
    return html`<span class="links" title="All lines that match the filter, packed with gzip"
      ><span class="words">Download</span> ${link('text', 'text', 'these lines as text')}
      <span class="words">or</span>
      ${link('ndjson', 'JSON', 'these entries as JSON, one a line')}</span
    >`
  }
}

/** Where the lines that a filter shows can be had as a file. */
export function exportHref(filter: Filter, format: 'text' | 'ndjson'): string {
  const { sources = [], levels = [], streams = [], ...one } = lineConditions(filter)
  const query = new URLSearchParams({ format })
  for (const source of sources) query.append('source', source)
  for (const level of levels) query.append('levels', level)
  for (const stream of streams) query.append('streams', stream)
  for (const [name, value] of Object.entries(one)) query.set(name, String(value))
  return `/export?${query.toString()}`
}

customElements.define('download-links', DownloadLinks)
