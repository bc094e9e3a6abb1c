// The services page: every service with its state and what can be done with it, and the story of the one
// that was chosen. Whatever changes a service is asked about first.
import { html, LitElement, nothing } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import type { PageElement } from '../../app/pages.js'
import { client } from '../../client.js'
import { plainText } from '../../text/ansi.js'
import '../../ui/confirm-dialog.js'
import type { ConfirmDialog } from '../../ui/confirm-dialog.js'
import { controls } from '../../ui/styles.js'
import { tables } from '../../ui/tables.js'
import { NO_FILTER } from '../logs/filter.js'
import type { Filter } from '../logs/filter.js'
import { lineActions } from '../logs/line-actions.js'
import '../logs/log-view.js'
import { rangeOf, watchSources } from '../logs/source-states.js'
import type { SourceState, SourceWatch } from '../logs/source-states.js'
import { serviceTable } from './service-table.js'
import './service-story.js'
import type { VerbEvent } from './service-story.js'
import { DOING, moodOf, questionOf } from './service-words.js'
import type { Status, Verb } from './service-words.js'
import { servicesStyles } from './services-styles.js'

const LOOK_MS = 1_000

class ServicesPage extends LitElement implements PageElement {
  static override properties = {
    params: { attribute: false },
    services: { state: true },
    fault: { state: true },
    told: { state: true },
    busy: { state: true },
    sources: { state: true },
  }

  static override styles = [controls, tables, servicesStyles]

  declare params: URLSearchParams
  declare services: readonly Status[] | undefined
  /** Why nothing is known at the moment. */
  declare fault: string
  /** What came of the last operation. */
  declare told: string
  declare busy: ReadonlySet<string>
  declare sources: readonly SourceState[]
  #filter: Filter = NO_FILTER
  #watch: SourceWatch | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #actions = lineActions((note) => {
    this.told = note
  })

  constructor() {
    super()
    this.sources = []
    this.params = new URLSearchParams()
    this.fault = ''
    this.told = ''
    this.busy = new Set()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#lookAgain)
    void this.#look()
    this.#watch = watchSources((states) => {
      this.sources = states
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watch?.close()
    document.removeEventListener('visibilitychange', this.#lookAgain)
    clearTimeout(this.#timer)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('params')) return
    this.#filter = { ...NO_FILTER, sources: this.#chosen === null ? [] : [this.#chosen] }
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('params')
    if (before === undefined || before.get('service') === this.#chosen) return
    this.renderRoot.querySelector<HTMLElement>('aside')?.focus()
  }

  get #chosen(): string | null {
    return this.params.get('service')
  }

  async #look(): Promise<void> {
    try {
      this.services = (await client.service.list()).services
      this.fault = ''
    } catch {
      this.fault = 'hero_proc does not answer: trying again'
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#lookAgain, LOOK_MS)
  }

  readonly #lookAgain = (): void => {
    clearTimeout(this.#timer)
    if (this.isConnected && !document.hidden) void this.#look()
  }

  readonly #onVerb = (verb: Verb, status: Status): void => void this.#do(verb, status)

  async #do(verb: Verb, status: Status): Promise<void> {
    const { name } = status
    const dialog = this.renderRoot.querySelector<ConfirmDialog>('confirm-dialog')
    const question = questionOf(verb, status)
    const shown = { ...question, title: plainText(question.title), text: plainText(question.text) }
    if ((await dialog?.ask(shown)) !== true) return
    this.busy = new Set([...this.busy, name])
    this.told = `${DOING[verb]} ${plainText(name)} ...`
    try {
      const { state } = await client.service[verb]({ name }, { timeoutMs: 0 })
      this.told = `${plainText(name)} is ${state}.`
    } catch (error) {
      this.told = `${DOING[verb]} ${plainText(name)} failed: ${plainText((error as Error).message)}`
    }
    this.busy = new Set([...this.busy].filter((one) => one !== name))
    await this.#look()
  }

  override render(): TemplateResult {
    const { services = [] } = this
    const chosen = this.#chosen
    return html`
      <header class="top">
        <h1>Services</h1>
        <p class="muted">${countsText(services)}</p>
        <p class="told" role="status">${this.told}</p>
        <p class="fault" role="alert">${this.fault}</p>
      </header>
      <div class="columns ${chosen === null ? '' : 'split'}">
        <section class="card list" aria-label="All services">
          <div class="scroller" tabindex="0" role="group" aria-label="All services">
            ${
              this.services === undefined
                ? nothing
                : services.length === 0
                  ? html`<p class="muted">
                      None yet: <code>hero_proc service add NAME -- COMMAND</code> makes one.
                    </p>`
                  : serviceTable(services, {
                      nowMs: Date.now(),
                      busy: this.busy,
                      current: chosen ?? undefined,
                      onVerb: this.#onVerb,
                    })
            }
          </div>
        </section>
        ${chosen === null ? nothing : this.#story(chosen)}
      </div>
      <confirm-dialog></confirm-dialog>
    `
  }

  #story(name: string): TemplateResult {
    return html`<aside class="card" tabindex="-1" aria-label="Story of ${plainText(name)}">
      <a class="button close" href="#/services">Close<span class="hidden-text"> the story</span></a>
      <service-story
        .name=${name}
        ?isBusy=${this.busy.has(name)}
        @service-verb=${({ detail }: VerbEvent) => void this.#do(detail.verb, detail.status)}
      >
        <log-view
          class="one-source"
          .filter=${this.#filter}
          .range=${rangeOf(this.sources, [name])}
          .actions=${this.#actions}
        ></log-view>
      </service-story>
    </aside>`
  }
}

function countsText(services: readonly Status[]): string {
  const count = (mood: string): number =>
    services.filter(({ state }) => moodOf(state) === mood).length
  const parts: readonly (readonly [number, string])[] = [
    [count('good'), 'running'],
    [count('busy'), 'on the way'],
    [count('bad'), 'failed'],
    [count('off'), 'stopped'],
  ]
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ')
}

customElements.define('services-page', ServicesPage)
