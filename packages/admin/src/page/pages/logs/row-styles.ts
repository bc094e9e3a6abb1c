// How rows look. Level and kind are told by a letter and a bar as well as by color.
import { css } from 'lit'

export const rowStyles = css`
  .row {
    position: relative;
    padding: 0 12px 0 9px;
    border-left: 3px solid transparent;
    contain: content;
  }

  .cells {
    display: flex;
    gap: 10px;
    line-height: 19px;
  }

  .cells:hover {
    background: var(--hover);
  }

  .level,
  .time,
  .source {
    flex: none;
    user-select: none;
  }

  .level {
    width: 1ch;
    color: var(--muted);
    font-weight: 700;
  }

  .time {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }

  .source {
    width: var(--source-width, 12ch);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .text {
    flex: 1;
    min-width: 0;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
    unicode-bidi: plaintext;
  }

  .no-wrap .row {
    contain: layout style;
  }

  .no-wrap .text {
    flex: none;
    white-space: pre;
  }

  @media (max-width: 720px) {
    .cells {
      flex-wrap: wrap;
      gap: 0 8px;
    }

    .time,
    .source {
      font-size: 11px;
    }

    .row .text {
      flex-basis: 100%;
    }

    .row.more .level,
    .row.more .time,
    .row.more .source {
      display: none;
    }
  }

  .row.error {
    border-left-color: var(--error);
  }

  .row.error .level,
  .row.error .text {
    color: var(--error);
  }

  .row.warning {
    border-left-color: var(--warning);
  }

  .row.warning .level,
  .row.warning .text {
    color: var(--warning);
  }

  .row.info .level {
    color: var(--info);
  }

  .row.debug .text {
    color: var(--muted);
  }

  .row.more .time,
  .row.more .source,
  .row.more .level {
    visibility: hidden;
  }

  .row.folded {
    display: none;
  }

  .row.gap {
    border-left-color: var(--warning);
    background: var(--warning-bg);
  }

  .row.gap .text {
    color: var(--warning);
    font-weight: 600;
  }

  .row.run {
    border-left-color: transparent;
    background: var(--surface);
    box-shadow: inset 0 1px var(--border);
  }

  .row.run .text {
    color: var(--muted);
    font-style: italic;
  }

  .row.run.warning .text {
    color: var(--warning);
  }

  .row.current .cells {
    background: var(--selected);
  }

  .row.open {
    background: var(--surface);
    box-shadow:
      inset 0 1px var(--border),
      inset 0 -1px var(--border);
  }

  mark {
    border-radius: 2px;
    background: var(--mark);
    color: var(--text);
  }

  .current mark {
    background: var(--mark-current);
    color: light-dark(#1c2128, #0b1016);
  }

  .badge,
  .rest {
    display: inline-block;
    margin-left: 8px;
    padding: 0 5px;
    border: 1px solid var(--border);
    border-radius: 3px;
    color: var(--muted);
    font-size: 11px;
    line-height: 15px;
    user-select: none;
  }

  .has-fields::after {
    content: ' \\2026';
    color: var(--muted);
  }

  .bold {
    font-weight: 700;
  }
  .dim {
    opacity: 0.75;
  }
  .italic {
    font-style: italic;
  }
  .underline {
    text-decoration: underline;
  }
  .strike {
    text-decoration: line-through;
  }
  .inverse {
    background: var(--text);
    color: var(--bg);
  }

  .s0 {
    color: light-dark(#0a5cbb, #74b5ff);
  }
  .s1 {
    color: light-dark(#8a3ffc, #be95ff);
  }
  .s2 {
    color: light-dark(#0b6e63, #5fd0c0);
  }
  .s3 {
    color: light-dark(#9f1f66, #ff86c3);
  }
  .s4 {
    color: light-dark(#586400, #c3cf5c);
  }
  .s5 {
    color: light-dark(#9a4a00, #ffb077);
  }
  .s6 {
    color: light-dark(#33548c, #a3bdf0);
  }
  .s7 {
    color: light-dark(#5d5570, #c3b8dc);
  }

  .f0,
  .f8 {
    color: var(--muted);
  }
  .f1,
  .f9 {
    color: var(--error);
  }
  .f2,
  .f10 {
    color: var(--ok);
  }
  .f3,
  .f11 {
    color: var(--warning);
  }
  .f4,
  .f12 {
    color: var(--info);
  }
  .f5,
  .f13 {
    color: light-dark(#8a3ffc, #be95ff);
  }
  .f6,
  .f14 {
    color: light-dark(#0b6e63, #5fd0c0);
  }
  .f7,
  .f15 {
    color: var(--text);
  }
  .b0,
  .b8 {
    background: light-dark(#dfe3e8, #29313c);
  }
  .b1,
  .b9 {
    background: var(--error-bg);
  }
  .b2,
  .b10 {
    background: var(--ok-bg);
  }
  .b3,
  .b11 {
    background: var(--warning-bg);
  }
  .b4,
  .b12 {
    background: var(--selected);
  }
  .b5,
  .b13 {
    background: light-dark(#f3ebff, #2a2040);
  }
  .b6,
  .b14 {
    background: light-dark(#e0f5f2, #10302d);
  }
  .b7,
  .b15 {
    background: light-dark(#eef1f5, #333d4a);
  }

  .details {
    padding: 6px 0 10px calc(1ch + 10px);
    font-family: var(--font);
    font-size: var(--size-small);
    white-space: normal;
  }

  .details .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 3px 18px;
    margin-bottom: 6px;
    color: var(--muted);
  }

  .details .facts b {
    color: var(--text);
    font-weight: 500;
  }

  .details .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-top: 8px;
  }

  .details table {
    border-collapse: collapse;
    font: 12px / 18px var(--mono);
  }

  .details th {
    padding: 0 18px 0 0;
    color: var(--muted);
    font-weight: 400;
    text-align: left;
    vertical-align: top;
    white-space: nowrap;
  }

  .details td {
    padding: 0;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }

  .details td.number {
    color: var(--info);
  }

  .details td.other {
    color: light-dark(#8a3ffc, #be95ff);
  }

  .details pre {
    max-height: 320px;
    margin: 0 0 6px;
    padding: 6px 8px;
    overflow: auto;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--bg);
    font: 12px / 17px var(--mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }

  .details pre.hex {
    white-space: pre;
  }

  .d1 {
    padding-left: 14px !important;
  }
  .d2 {
    padding-left: 28px !important;
  }
  .d3 {
    padding-left: 42px !important;
  }
  .d4 {
    padding-left: 56px !important;
  }
  .d5 {
    padding-left: 70px !important;
  }
`
