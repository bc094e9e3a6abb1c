// How the view of the lines is laid out.
import { css } from 'lit'

export const viewStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    min-height: 0;
    font: 12px var(--mono);
  }

  #scroller {
    position: relative;
    overflow: auto;
    overflow-anchor: none;
    scrollbar-width: none;
    overscroll-behavior: contain;
    outline-offset: -2px;
  }

  #scroller::-webkit-scrollbar {
    display: none;
  }

  #lines {
    position: relative;
    min-height: 100%;
    padding: 4px 0;
  }

  :host(.one-source) .source {
    display: none;
  }

  #lines.no-wrap {
    width: max-content;
    min-width: 100%;
  }

  :host(.one-source) .source {
    display: none;
  }

  .empty {
    position: absolute;
    inset: 30% 0 auto;
    color: var(--muted);
    font: var(--size) var(--font);
    text-align: center;
  }
`
