// The scroll bar of the log: its length is the whole store, whatever part of it is held. Dragging it, or
// using it with the keyboard, asks for a number of the sequence.
import { css, html, LitElement } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'

/** Pixels; a smaller thumb could not be caught. */
const THUMB_PX = 28
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -0.01,
  ArrowDown: 0.01,
  PageUp: -0.1,
  PageDown: 0.1,
}

/** Fires `seek` with the number of the sequence as detail. */
export class PositionBar extends LitElement {
  static override properties = {
    from: { type: Number },
    to: { type: Number },
    at: { type: Number },
    label: {},
  }

  static override styles = css`
    :host {
      position: relative;
      display: block;
      width: 14px;
      border-left: 1px solid var(--border);
      background: var(--surface);
      touch-action: none;
    }

    .thumb {
      position: absolute;
      left: 2px;
      right: 2px;
      top: 0;
      height: 28px;
      border-radius: 4px;
      background: var(--border-strong);
    }

    :host(:hover) .thumb {
      background: var(--muted);
    }

    .thumb:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 1px;
    }

    .label {
      position: absolute;
      right: 20px;
      padding: 2px 8px;
      border: 1px solid var(--border);
      border-radius: 5px;
      background: var(--raised);
      box-shadow: 0 2px 8px rgb(0 0 0 / 15%);
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
      pointer-events: none;
    }
  `

  declare from: number
  declare to: number
  declare at: number
  /** What is said beside the thumb while it is dragged. */
  declare label: string
  #isDragged = false

  constructor() {
    super()
    this.from = 1
    this.to = 1
    this.at = 1
    this.label = ''
    this.addEventListener('pointerdown', this.#grab)
    this.addEventListener('pointermove', this.#drag)
    this.addEventListener('pointerup', this.#release)
    this.addEventListener('pointercancel', this.#release)
  }

  override render(): TemplateResult {
    return html`<div
        class="thumb"
        role="slider"
        tabindex="0"
        aria-label="Position in the log"
        aria-orientation="vertical"
        aria-valuemin=${this.from}
        aria-valuemax=${this.to}
        aria-valuenow=${this.at}
        aria-valuetext=${this.label}
        @keydown=${this.#onKey}
      ></div>
      ${this.#isDragged ? html`<div class="label">${this.label}</div>` : ''}`
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const top = this.#fraction() * (this.clientHeight - THUMB_PX)
    const place = (name: string): void =>
      this.renderRoot.querySelector<HTMLElement>(name)?.style.setProperty('top', `${top}px`)
    place('.thumb')
    place('.label')
  }

  #fraction(): number {
    const span = this.to - this.from
    return span <= 0 ? 1 : Math.min(1, Math.max(0, (this.at - this.from) / span))
  }

  #seek(fraction: number): void {
    const clamped = Math.min(1, Math.max(0, fraction))
    const seq = Math.round(this.from + clamped * (this.to - this.from))
    this.at = seq
    this.dispatchEvent(new CustomEvent('seek', { detail: { seq, isEnd: clamped === 1 } }))
  }

  #seekTo(event: PointerEvent): void {
    const { top, height } = this.getBoundingClientRect()
    this.#seek((event.clientY - top - THUMB_PX / 2) / (height - THUMB_PX))
  }

  readonly #grab = (event: PointerEvent): void => {
    if (event.button !== 0) return
    event.preventDefault()
    this.setPointerCapture(event.pointerId)
    this.#isDragged = true
    this.#seekTo(event)
  }

  readonly #drag = (event: PointerEvent): void => {
    if (this.#isDragged) this.#seekTo(event)
  }

  readonly #release = (): void => {
    this.#isDragged = false
    this.requestUpdate()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = KEY_STEPS[event.key]
    if (step !== undefined) this.#seek(this.#fraction() + step)
    else if (event.key === 'Home') this.#seek(0)
    else if (event.key === 'End') this.#seek(1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}

customElements.define('position-bar', PositionBar)
