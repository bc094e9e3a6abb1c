// How tables of figures look.
import { css } from 'lit'

export const tables = css`
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--size-small);
  }

  th,
  td {
    padding: 3px 8px;
    border-bottom: 1px solid var(--border);
    text-align: left;
    vertical-align: baseline;
    font-weight: inherit;
  }

  thead th {
    color: var(--muted);
    white-space: nowrap;
  }

  tbody tr:last-child > * {
    border-bottom: none;
  }

  tfoot tr > * {
    border-top: 1px solid var(--border-strong);
    border-bottom: none;
    font-weight: 600;
  }

  .number {
    text-align: right;
    white-space: nowrap;
  }

  .name {
    overflow-wrap: anywhere;
  }

  td a,
  th a {
    color: var(--accent);
    text-decoration: none;
  }

  td a:hover,
  th a:hover {
    text-decoration: underline;
  }

  .scroller {
    overflow-x: auto;
  }
`
