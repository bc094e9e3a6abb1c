// The shell: the bar with the navigation, and the page that the hash names.
import { css, html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import { controls } from '../ui/styles.js'
import { PAGES } from './pages.js'
import type { Page, PageElement } from './pages.js'
import { followPlace, goTo } from './router.js'
import type { Place } from './router.js'
import { applyTheme, chosenTheme, onThemeChange, THEMES } from './theme.js'

class HeroApp extends LitElement {
  static override properties = { page: { state: true }, fault: { state: true } }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-rows: var(--bar) minmax(0, 1fr);
        height: 100dvh;
      }

      header {
        display: flex;
        align-items: center;
        gap: 4px;
        padding: 0 10px;
        border-bottom: 1px solid var(--border);
        background: var(--surface);
      }

      .brand {
        margin-right: 10px;
        font-weight: 600;
        letter-spacing: -0.01em;
      }

      nav {
        display: flex;
        align-self: stretch;
        gap: 2px;
        flex: 1;
      }

      nav a {
        display: flex;
        align-items: center;
        padding: 0 10px;
        border-bottom: 2px solid transparent;
        color: var(--muted);
        text-decoration: none;
      }

      nav a:hover {
        color: var(--text);
      }

      nav a[aria-current='page'] {
        border-bottom-color: var(--accent);
        color: var(--text);
        font-weight: 600;
      }

      nav a:focus-visible {
        outline-offset: -3px;
      }

      main {
        min-width: 0;
        min-height: 0;
        overflow: auto;
      }

      .fault {
        padding: 24px;
      }

      @media (max-width: 480px) {
        header {
          padding: 0 4px;
        }

        .brand {
          display: none;
        }

        nav a {
          padding: 0 8px;
        }
      }
    `,
  ]

  declare page: Page | undefined
  declare fault: string
  #element: PageElement | undefined
  /** Where the address led last. */
  #place: Place | undefined
  #waitsForPage = false
  #endThemeWatch: (() => void) | undefined

  constructor() {
    super()
    this.page = undefined
    this.fault = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#follow)
    addEventListener('keydown', this.#onKey)
    this.#endThemeWatch = onThemeChange(() => this.requestUpdate())
    void this.#show(followPlace())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#follow)
    removeEventListener('keydown', this.#onKey)
    this.#endThemeWatch?.()
  }

  readonly #follow = (): void => void this.#show(followPlace())

  /** `g`, then the key of a page. */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    const page = this.#waitsForPage ? PAGES.find(({ key }) => key === event.key) : undefined
    this.#waitsForPage = event.key === 'g' && !this.#waitsForPage
    if (page !== undefined) {
      event.preventDefault()
      event.stopImmediatePropagation()
      goTo({ page: page.path, params: new URLSearchParams() })
    }
  }

  /** Shows a place. While its code is loaded the address may have changed again: the last one counts. */
  async #show(place: Place): Promise<void> {
    this.#place = place
    const page = PAGES.find(({ path }) => path === place.page) ?? PAGES[0]
    if (page === undefined) return
    if (page !== this.page || this.#element === undefined) {
      this.page = page
      this.#element = undefined
      try {
        await page.load()
      } catch {
        this.fault = 'This page could not be loaded: is hero_proc admin still running?'
        return
      }
      if (place !== this.#place) return
      this.fault = ''
      this.#element = document.createElement(page.element) as PageElement
    }
    this.#element.params = place.params
    document.title = `${page.title} - hero_proc`
    this.requestUpdate()
  }

  override render(): TemplateResult {
    return html`
      <header>
        <span class="brand">hero_proc</span>
        <nav aria-label="Pages">
          ${PAGES.map(
            (one) =>
              html`<a href="#/${one.path}" aria-current=${one === this.page ? 'page' : 'false'}
                >${one.title}</a
              >`,
          )}
        </nav>
        <button
          class="quiet"
          @click=${this.#nextTheme}
          title="Light, dark, or as the system has it"
        >
          <span class="hidden-text">Theme:</span> ${chosenTheme()}
        </button>
      </header>
      <main>${this.fault === '' ? this.#element : html`<p class="fault">${this.fault}</p>`}</main>
    `
  }

  readonly #nextTheme = (): void => {
    applyTheme(THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length])
  }
}

/** True while keys are text. */
export function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath()
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
}

customElements.define('hero-app', HeroApp)
