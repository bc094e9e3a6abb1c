// How the batcher page looks: tiles, then panels in as many columns as there is room for.
import { css } from 'lit'

export const batcherStyles = css`
  :host {
    display: block;
    padding: 12px 16px 24px;
  }

  header {
    display: flex;
    align-items: center;
    gap: 12px;
    margin-bottom: 12px;
  }

  h1 {
    margin: 0;
    font-size: 18px;
    letter-spacing: -0.01em;
  }

  h2 {
    margin: 0;
    font-size: var(--size);
  }

  .fault {
    flex: 1;
    margin: 0;
    color: var(--error);
  }

  .card {
    border: 1px solid var(--border);
    border-radius: 8px;
    background: var(--raised);
  }

  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 10px;
    margin: 0 0 10px;
  }

  .tiles .card {
    padding: 8px 12px;
  }

  dt {
    color: var(--muted);
    font-size: var(--size-small);
  }

  dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
  }

  dd strong {
    display: block;
    font-size: 18px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }

  dd span {
    color: var(--muted);
    font-size: var(--size-small);
    overflow-wrap: anywhere;
  }

  .good strong {
    color: var(--ok);
  }

  .bad strong {
    color: var(--error);
  }

  .panels {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr));
    gap: 10px;
    margin-bottom: 10px;
  }

  figure {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(170px, 220px);
    grid-template-rows: auto minmax(0, 1fr);
    gap: 4px 12px;
    margin: 0;
    padding: 10px 12px;
  }

  figure h2 {
    grid-column: 1 / -1;
  }

  figure table {
    align-self: start;
  }

  figure tbody th:not(.series) {
    white-space: nowrap;
  }

  .series {
    overflow-wrap: anywhere;
  }

  .series svg {
    vertical-align: middle;
    margin-right: 4px;
  }

  section.card {
    padding: 10px 12px;
  }

  section h2 {
    margin-bottom: 4px;
  }

  .lost {
    color: var(--error);
    font-weight: 600;
  }

  @media (max-width: 640px) {
    :host {
      padding: 10px 10px 20px;
    }

    .tiles {
      grid-template-columns: repeat(2, 1fr);
    }

    figure {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
