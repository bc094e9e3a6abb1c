// What all elements share: controls that look and behave alike.
import { css } from 'lit'

export const controls = css`
  :host {
    box-sizing: border-box;
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 5px;
    height: 26px;
    padding: 0 9px;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--raised);
    white-space: nowrap;
    cursor: pointer;
  }

  button:hover:not(:disabled) {
    background: var(--hover);
  }

  button:disabled {
    color: var(--muted);
    cursor: default;
  }

  button[aria-pressed='true'],
  button.primary {
    border-color: var(--accent);
    color: var(--accent);
    background: var(--selected);
  }

  button.quiet {
    border-color: transparent;
    background: none;
  }

  button.quiet:hover:not(:disabled) {
    background: var(--hover);
  }

  input[type='text'],
  input[type='search'],
  select {
    height: 26px;
    padding: 0 8px;
    border: 1px solid var(--border-strong);
    border-radius: var(--radius);
    background: var(--bg);
  }

  ::placeholder {
    color: var(--muted);
    opacity: 1;
  }

  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
  }

  .hidden-text {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .muted {
    color: var(--muted);
  }

  .number {
    font-variant-numeric: tabular-nums;
  }
`
