// The palette of charts: a color and a dash each, so that nothing is told by color alone. Each color stands
// out by 3 to 1 or more from the surfaces that it is drawn on.
import { css, svg } from 'lit'
import type { TemplateResult } from 'lit'

/** Pixels on and off, by place in the palette. */
export const CHART_DASHES: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [9, 3, 2, 3],
  [],
  [6, 3],
  [2, 2],
  [],
]

/** The last place: what has no color of its own. */
export const CHART_REST = 8

export const chartColors = css`
  :host {
    --chart-1: light-dark(#0a5cbb, #74b5ff);
    --chart-2: light-dark(#b45309, #ffb057);
    --chart-3: light-dark(#1a7f4b, #6fcf93);
    --chart-4: light-dark(#7d4bc6, #c3a1ff);
    --chart-5: light-dark(#c02674, #ff8cc0);
    --chart-6: light-dark(#0b7f8c, #5fd3de);
    --chart-7: light-dark(#7a6a00, #e3d25a);
    --chart-8: light-dark(#58616c, #a9b4c0);
  }

  .swatch {
    flex: none;
    width: 20px;
    height: 8px;
    fill: none;
    stroke-width: 2;
  }

  .color-1 {
    stroke: var(--chart-1);
  }

  .color-2 {
    stroke: var(--chart-2);
  }

  .color-3 {
    stroke: var(--chart-3);
  }

  .color-4 {
    stroke: var(--chart-4);
  }

  .color-5 {
    stroke: var(--chart-5);
  }

  .color-6 {
    stroke: var(--chart-6);
  }

  .color-7 {
    stroke: var(--chart-7);
  }

  .color-8 {
    stroke: var(--chart-8);
  }
`

/** The line of a series as it is drawn in the chart, for the table beside it. */
export function swatch(color: number): TemplateResult {
  const dashes = (CHART_DASHES[color - 1] ?? []).join(' ')
  return svg`<line class="color-${color}" x1="0" x2="20" y1="4" y2="4" stroke-dasharray=${dashes} />`
}
