// Everything that helps with one service in trouble: how it is, what was asked of it, what became of its runs,
// and its last lines, live.
import { html, LitElement, nothing } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import type { HeroProcClient } from '@hero/sdk/browser'
import { client } from '../../client.js'
import { plainText } from '../../text/ansi.js'
import { countText } from '../../text/numbers.js'
import { bytesText, millisecondsText, spanText } from '../../text/sizes.js'
import { clockText, dayText } from '../../text/times.js'
import { controls } from '../../ui/styles.js'
import { tables } from '../../ui/tables.js'
import { operations, stateBadge, logHref } from './service-table.js'
import { exitText, isBadEnd, storyOf } from './service-words.js'
import type { Status, Verb } from './service-words.js'
import { servicesStyles } from './services-styles.js'

type Story = Awaited<ReturnType<HeroProcClient['service']['troubleshoot']>>

/** What `service-verb` asks for. */
export type VerbEvent = CustomEvent<{ readonly verb: Verb; readonly status: Status }>

const LOOK_MS = 2_000

class ServiceStory extends LitElement {
  static override properties = {
    name: {},
    isBusy: { type: Boolean },
    story: { state: true },
    fault: { state: true },
  }

  static override styles = [controls, tables, servicesStyles]

  declare name: string
  declare isBusy: boolean
  declare story: Story | undefined
  declare fault: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #ended = new AbortController()

  constructor() {
    super()
    this.name = ''
    this.isBusy = false
    this.fault = ''
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#end()
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // What was done to the service shows at once.
    if (changed.has('name') || changed.has('isBusy')) {
      this.#end()
      this.#ended = new AbortController()
      if (changed.has('name')) this.story = undefined
      void this.#look(this.#ended.signal)
    }
  }

  #end(): void {
    this.#ended.abort()
    clearTimeout(this.#timer)
  }

  async #look(signal: AbortSignal): Promise<void> {
    try {
      if (!document.hidden) {
        const story = await client.service.troubleshoot({ name: this.name }, { signal })
        if (signal.aborted) return
        this.story = story
        this.fault = ''
      }
    } catch (error) {
      if (signal.aborted) return
      this.fault = (error as Error).message
    }
    this.#timer = setTimeout(() => void this.#look(signal), LOOK_MS)
  }

  override render(): TemplateResult {
    const { story } = this
    return html`
      ${this.fault === '' ? nothing : html`<p class="fault" role="alert">${plainText(this.fault)}</p>`}
      ${story === undefined ? nothing : this.#content(story)}
    `
  }

  #content({ status, health, operations: asked, runs, dependents }: Story): TemplateResult {
    const nowMs = Date.now()
    return html`
      <header>
        <h2>${plainText(status.name)}</h2>
        ${stateBadge(status.state)} <span class="muted">${storyOf(status, nowMs)}</span>
        <div class="operations">
          ${operations(status, this.isBusy, this.#tell)}
          <a class="button" href=${logHref(status.name)}>Log</a>
        </div>
      </header>
      ${exitNote(status)}
      <h3>Last lines</h3>
      <slot></slot>
      <h3>
        Health
        ${health.ok ? html`<small class="ok">well</small>` : html`<small class="lost">not well</small>`}
      </h3>
      ${healthTable(health)}
      <h3>Definition</h3>
      ${definitionList(status, dependents)}
      <h3>Runs</h3>
      ${runs.length === 0 ? html`<p class="muted">None since hero_proc was started.</p>` : runsTable(runs, nowMs)}
      <h3>Operations</h3>
      ${asked.length === 0 ? html`<p class="muted">None since hero_proc was started.</p>` : operationsTable(asked)}
    `
  }

  readonly #tell = (verb: Verb, status: Status): void => {
    const event: VerbEvent = new CustomEvent('service-verb', { detail: { verb, status } })
    this.dispatchEvent(event)
  }
}

function exitNote(status: Status): TemplateResult | typeof nothing {
  const { state, last_exit: exit } = status
  if (exit === null || !isBadEnd(status) || state === 'running') return nothing
  return html`<p class="note">Run ${exit.run}: ${plainText(exitText(exit))}.</p>`
}

function healthTable({ layers }: Story['health']): TemplateResult {
  return html`<table>
    <caption class="hidden-text">
      Health in layers
    </caption>
    <thead>
      <tr>
        <th scope="col">Layer</th>
        <th scope="col">Name</th>
        <th scope="col">Is</th>
        <th scope="col">Detail</th>
      </tr>
    </thead>
    <tbody>
      ${layers.map(
        ({ layer, name, ok, detail }) =>
          html`<tr>
            <th scope="row">${layer}</th>
            <td class="name">${plainText(name)}</td>
            <td class=${ok ? 'ok' : 'lost'}>${ok ? 'well' : 'not well'}</td>
            <td class="name">${plainText(detail)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function definitionList(
  { definition, restarts }: Status,
  dependents: readonly string[],
): TemplateResult {
  const { command, cwd, user, capture, restart, depends_on: needs = [], ready } = definition
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Command', command.join(' ')],
    ['Folder', cwd],
    ['User', user],
    ['Captured by', capture],
    ['Restart', restart === undefined ? undefined : `${restart}, ${countText(restarts)} so far`],
    ['Ready when', ready?.type],
    ['Needs', needs.join(', ')],
    ['Needed by', dependents.join(', ')],
  ]
  return html`<dl>
    ${facts.map(([name, value]) =>
      value === undefined || value === ''
        ? nothing
        : html`<dt>${name}</dt>
            <dd class=${name === 'Command' ? 'mono' : ''}>${plainText(value)}</dd>`,
    )}
  </dl>`
}

function runsTable(runs: Story['runs'], nowMs: number): TemplateResult {
  return html`<div class="scroller" tabindex="0" role="group" aria-label="Runs">
    <table>
      <caption class="hidden-text">
        Runs, the newest first
      </caption>
      <thead>
        <tr>
          <th scope="col" class="number">Run</th>
          <th scope="col" class="number">Process</th>
          <th scope="col">Began</th>
          <th scope="col" class="number">For</th>
          <th scope="col">Ended</th>
          <th scope="col" class="number">CPU</th>
          <th scope="col" class="number">Memory</th>
        </tr>
      </thead>
      <tbody>
        ${runs.toReversed().map((run) => {
          const { ended_ts: ended, usage } = run
          return html`<tr>
            <th scope="row" class="number">${run.run}</th>
            <td class="number">${run.pid ?? ''}</td>
            <td class="nowrap">${timeText(run.started_ts)}</td>
            <td class="number">
              ${spanText((ended ?? nowMs * 1_000) / 1_000 - run.started_ts / 1_000)}
            </td>
            <td class="nowrap ${ended === null || run.code === 0 ? '' : 'lost'}">
              ${endText(run)}
            </td>
            <td class="number">${usage === null ? '' : millisecondsText(usage.cpu_ms)}</td>
            <td class="number">${usage === null ? '' : bytesText(usage.memory_peak_bytes)}</td>
          </tr>`
        })}
      </tbody>
    </table>
  </div>`
}

function endText({ ended_ts: ended, code, signal, error }: Story['runs'][number]): string {
  if (ended === null) return 'still runs'
  if (error !== undefined) return plainText(error)
  return signal === null ? `exit code ${code}` : signal
}

function operationsTable(asked: Story['operations']): TemplateResult {
  return html`<div class="scroller" tabindex="0" role="group" aria-label="Operations">
    <table>
      <caption class="hidden-text">
        Operations, the newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Asked</th>
          <th scope="col">Operation</th>
          <th scope="col">Is</th>
          <th scope="col" class="number">Took</th>
          <th scope="col">Fault</th>
        </tr>
      </thead>
      <tbody>
        ${asked.toReversed().map(
          ({ asked_ts: at, kind, state, began_ts: began, ended_ts: ended, error = '' }) =>
            html`<tr>
              <td class="nowrap">${timeText(at)}</td>
              <th scope="row">${kind}</th>
              <td class=${state === 'failed' ? 'lost' : ''}>${state}</td>
              <td class="number">
                ${began === null || ended === null ? '' : millisecondsText((ended - began) / 1_000)}
              </td>
              <td class="name">${plainText(error)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** The time of day; with its day if that is not today. */
function timeText(us: number): string {
  const ts = new Date(us / 1_000).toISOString()
  const [day, today] = [dayText(ts, 'local'), dayText(new Date().toISOString(), 'local')]
  return `${day === today ? '' : `${day} `}${clockText(ts, 'local')}`
}

customElements.define('service-story', ServiceStory)
