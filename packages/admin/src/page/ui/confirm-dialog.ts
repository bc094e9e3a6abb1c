// Asks before something is done that cannot be taken back. It is the browser's own dialog: it keeps the
// keyboard inside, closes with Escape and gives the focus back.
import { css, html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import { controls } from './styles.js'

/** What is asked. */
export interface Question {
  readonly title: string
  readonly text: string
  /** The word on the button that does it. */
  readonly action: string
}

const NOTHING: Question = { title: '', text: '', action: '' }

export class ConfirmDialog extends LitElement {
  static override properties = { question: { state: true } }

  static override styles = [
    controls,
    css`
      dialog {
        width: min(420px, calc(100vw - 32px));
        padding: 18px 20px;
        border: 1px solid var(--border-strong);
        border-radius: 10px;
        background: var(--raised);
        color: var(--text);
      }

      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }

      h2 {
        margin: 0 0 6px;
        font-size: 16px;
        overflow-wrap: anywhere;
      }

      p {
        margin: 0 0 16px;
        color: var(--muted);
        overflow-wrap: anywhere;
      }

      form {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }

      button {
        height: 30px;
        padding: 0 14px;
      }
    `,
  ]

  declare question: Question
  #answer: ((isWanted: boolean) => void) | undefined

  constructor() {
    super()
    this.question = NOTHING
  }

  /** Resolves to whether the viewer wants it. */
  async ask(question: Question): Promise<boolean> {
    this.question = question
    await this.updateComplete
    const dialog = this.renderRoot.querySelector('dialog')
    if (dialog === null || dialog.open) return false
    dialog.returnValue = ''
    dialog.showModal()
    return await new Promise<boolean>((resolve) => (this.#answer = resolve))
  }

  override render(): TemplateResult {
    const { title, text, action } = this.question
    return html`<dialog aria-labelledby="title" aria-describedby="text" @close=${this.#onClose}>
      <h2 id="title">${title}</h2>
      <p id="text">${text}</p>
      <form method="dialog">
        <button value="">Cancel</button>
        <button class="primary" value="yes">${action}</button>
      </form>
    </dialog>`
  }

  readonly #onClose = (event: Event): void => {
    this.#answer?.((event.target as HTMLDialogElement).returnValue === 'yes')
    this.#answer = undefined
  }
}

customElements.define('confirm-dialog', ConfirmDialog)
