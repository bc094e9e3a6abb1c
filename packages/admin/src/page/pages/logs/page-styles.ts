// How the parts of the logs page share the room.
import { css } from 'lit'

export const pageStyles = css`
  :host {
    display: block;
    height: 100%;
    overflow: hidden;
  }

  .page {
    display: grid;
    grid-template-columns: 230px minmax(0, 1fr);
    height: 100%;
  }

  .page.no-sources {
    grid-template-columns: minmax(0, 1fr);
  }

  source-list {
    border-right: 1px solid var(--border);
    background: var(--surface);
  }

  .lines {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }

  log-view {
    flex: 1;
  }

  @media (max-width: 720px) {
    .page {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto minmax(0, 1fr);
    }

    .page.no-sources {
      grid-template-rows: minmax(0, 1fr);
    }

    source-list {
      max-height: 40dvh;
      border-right: 0;
      border-bottom: 1px solid var(--border);
    }
  }
`
