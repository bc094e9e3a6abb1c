// All keys of the page, shown with `?`.
import { css, html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import { controls } from '../../ui/styles.js'

const SHORTCUTS: readonly (readonly [
  title: string,
  keys: readonly (readonly [string, string])[],
])[] = [
  [
    'Move',
    [
      ['j k, ↓ ↑', 'next, previous line'],
      ['Space, PgDn PgUp', 'a screen'],
      ['Home, End', 'oldest, newest line'],
      ['[ ]', 'previous, next error or warning'],
      ['Enter', 'open or close a line'],
    ],
  ],
  [
    'Find',
    [
      ['/', 'find text'],
      ['n N', 'next, previous hit'],
      ['o', 'only hits, or marked among all lines'],
      ['c', 'this line in context'],
      ['1 2 3', 'errors, and warnings, and info'],
      ['0', 'no filters'],
      ['s', 'find a source'],
    ],
  ],
  [
    'Show',
    [
      ['f', 'follow or pause'],
      ['w', 'wrap long lines'],
      ['m', 'fold messages of several lines'],
      ['t', 'local time, UTC, or how long ago'],
      ['h', 'histogram'],
      ['b', 'sources'],
    ],
  ],
  [
    'Else',
    [
      ['y', 'copy the line'],
      ['l', 'copy a link to the line'],
      ['g l, g v', 'logs, split view'],
      ['g s, g b', 'services, batcher'],
      ['Esc', 'cancel, close, let go'],
      ['?', 'these keys'],
    ],
  ],
]

export class ShortcutsDialog extends LitElement {
  static override styles = [
    controls,
    css`
      dialog {
        max-width: min(720px, 92vw);
        padding: 16px 22px 20px;
        border: 1px solid var(--border);
        border-radius: 8px;
        background: var(--raised);
        color: var(--text);
        box-shadow: 0 12px 40px rgb(0 0 0 / 25%);
      }

      dialog::backdrop {
        background: rgb(0 0 0 / 35%);
      }

      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }

      h2 {
        margin: 0;
        font-size: 15px;
      }

      h3 {
        margin: 12px 0 4px;
        color: var(--muted);
        font-size: var(--size-small);
        font-weight: 600;
      }

      .columns {
        columns: 2;
        column-gap: 36px;
      }

      section {
        break-inside: avoid;
      }

      dl {
        display: grid;
        grid-template-columns: 130px 1fr;
        gap: 3px 8px;
        margin: 0;
        font-size: var(--size-small);
      }

      dd {
        margin: 0;
      }

      kbd {
        font: 12px var(--mono);
        color: var(--accent);
      }

      @media (max-width: 620px) {
        .columns {
          columns: 1;
        }
      }
    `,
  ]

  show(): void {
    this.renderRoot.querySelector('dialog')?.showModal()
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @click=${this.#onClick}>
      <header>
        <h2 id="title">Keys</h2>
        <form method="dialog"><button class="quiet" aria-label="Close">✕</button></form>
      </header>
      <div class="columns">
        ${SHORTCUTS.map(
          ([title, keys]) =>
            html`<section>
              <h3>${title}</h3>
              <dl>
                ${keys.map(
                  ([key, what]) =>
                    html`<dt><kbd>${key}</kbd></dt>
                      <dd>${what}</dd>`,
                )}
              </dl>
            </section>`,
        )}
      </div>
    </dialog>`
  }

  readonly #onClick = (event: Event): void => {
    const [target] = event.composedPath()
    if (target instanceof HTMLDialogElement) target.close()
  }
}

customElements.define('shortcuts-dialog', ShortcutsDialog)
