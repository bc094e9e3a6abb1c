// The services page.
import { html, LitElement } from 'lit'
import type { TemplateResult } from 'lit'
import type { PageElement } from '../../app/pages.js'
import { controls } from '../../ui/styles.js'

class ServicesPage extends LitElement implements PageElement {
  static override properties = { params: { attribute: false } }
  static override styles = [controls]
  declare params: URLSearchParams

  override render(): TemplateResult {
    return html`<h1>Services</h1>`
  }
}

customElements.define('services-page', ServicesPage)
