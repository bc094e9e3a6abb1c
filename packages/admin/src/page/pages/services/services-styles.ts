// How services look: a table beside the story of one of them, one below the other where it is narrow.
import { css } from 'lit'

export const servicesStyles = css`
  :host {
    display: block;
  }

  :host(services-page) {
    padding: 12px 16px 24px;
  }

  h1,
  h2,
  h3,
  p,
  dl,
  dd {
    margin: 0;
  }

  h1 {
    font-size: 18px;
    letter-spacing: -0.01em;
  }

  h2 {
    font-size: 16px;
    overflow-wrap: anywhere;
  }

  h3 {
    margin: 18px 0 4px;
    font-size: var(--size);
  }

  h3 small {
    margin-left: 6px;
    font-weight: 400;
  }

  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 14px;
    margin-bottom: 12px;
  }

  .card {
    border: 1px solid var(--border);
    border-radius: 8px;
    background: var(--raised);
  }

  .list {
    padding: 4px;
  }

  .list p {
    padding: 12px;
  }

  .columns {
    display: grid;
    align-items: start;
    gap: 12px;
  }

  .split {
    grid-template-columns: minmax(260px, 1fr) minmax(0, 3fr);
  }

  .split .list .more {
    display: none;
  }

  aside:focus-visible {
    outline: none;
  }

  aside {
    position: relative;
    min-width: 0;
    padding: 14px 16px 18px;
  }

  .close {
    position: absolute;
    top: 12px;
    right: 14px;
  }

  log-view {
    height: 240px;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    overflow: hidden;
  }

  header:not(.top) {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding-right: 64px;
  }

  header:not(.top) .operations {
    flex-basis: 100%;
    justify-content: flex-start;
    margin-top: 6px;
  }

  a.button {
    display: inline-flex;
    align-items: center;
    height: 26px;
    padding: 0 9px;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--raised);
    color: inherit;
    text-decoration: none;
  }

  a.button:hover {
    background: var(--hover);
    text-decoration: none;
  }

  tr[aria-current='true'] {
    background: var(--selected);
  }

  .list td,
  .list th {
    padding: 7px 8px;
  }

  .operations {
    display: flex;
    flex-wrap: wrap;
    gap: 5px;
    justify-content: flex-end;
  }

  td.operations {
    display: table-cell;
    text-align: right;
    white-space: nowrap;
  }

  td.operations > * {
    margin-left: 4px;
    vertical-align: middle;
  }

  .state {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 1px 8px 1px 6px;
    border-radius: 10px;
    background: var(--surface);
    font-size: var(--size-small);
    white-space: nowrap;
  }

  .dot {
    width: 8px;
    height: 8px;
    border: 2px solid currentcolor;
    border-radius: 50%;
  }

  .good {
    background: var(--ok-bg);
    color: var(--ok);
  }

  .good .dot {
    background: currentcolor;
  }

  .busy {
    background: var(--warning-bg);
    color: var(--warning);
  }

  .busy .dot {
    border-right-color: transparent;
  }

  .bad {
    background: var(--error-bg);
    color: var(--error);
  }

  .bad .dot {
    border-radius: 1px;
    background: currentcolor;
  }

  .off {
    color: var(--muted);
  }

  .ok {
    color: var(--ok);
  }

  .lost,
  .fault {
    color: var(--error);
  }

  .fault {
    overflow-wrap: anywhere;
  }

  .note {
    margin-top: 10px;
    padding: 7px 10px;
    border-radius: var(--radius);
    background: var(--error-bg);
    color: var(--error);
    overflow-wrap: anywhere;
  }

  .nowrap {
    white-space: nowrap;
  }

  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 3px 14px;
    font-size: var(--size-small);
  }

  dt {
    color: var(--muted);
  }

  dd {
    overflow-wrap: anywhere;
  }

  .mono,
  code {
    font-family: var(--mono);
  }

  @media (max-width: 900px) {
    .split {
      grid-template-columns: minmax(0, 1fr);
    }

    .split .list {
      display: none;
    }
  }

  @media (max-width: 640px) {
    :host(services-page) {
      padding: 10px 10px 20px;
    }

    .list thead {
      position: absolute;
      clip-path: inset(50%);
    }

    .list tr {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 12px;
      padding: 8px;
      border-bottom: 1px solid var(--border);
    }

    .list tr > * {
      padding: 0;
      border: none;
    }

    .list .name {
      flex: 1 0 40%;
      font-size: 15px;
    }

    .list .number,
    .list [data-label] {
      font-size: var(--size-small);
    }

    .list .none {
      display: none;
    }

    .list td[data-label]::before {
      content: attr(data-label) ' ';
      color: var(--muted);
    }

    .list td.operations {
      flex: 1 0 100%;
      margin-top: 4px;
      text-align: left;
    }

    td.operations > * {
      margin: 0 5px 0 0;
    }
  }
`
