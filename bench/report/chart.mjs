// Charts as plain SVG: groups of horizontal bars on a logarithmic scale, readable on light and dark pages.
// The same figures give the same bytes.
import { short } from '../figures.mjs'

const WIDTH = 760
const LABELS = 240
const VALUES = 70
const BAR = 13
const GAP = 9
const TOP = 52
const BOTTOM = 26

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .faint { fill: #59636e; }
  line { stroke: #d1d9e0; }
  .s0 { fill: #0969da; } .s1 { fill: #bf8700; } .s2 { fill: #1a7f37; } .s3 { fill: #8250df; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    line { stroke: #3d444d; }
    .s0 { fill: #4493f8; } .s1 { fill: #d29922; } .s2 { fill: #3fb950; } .s3 { fill: #ab7df8; }
  }`

/** @param {ReturnType<typeof import('../figures.mjs').bars>} chart */
export function svgOf({ title, unit, series, groups }) {
  const scale = scaleOf(groups.flatMap(([, values]) => values).filter((value) => value > 0))
  const height = (values) => values.length * BAR + GAP
  const bottom = groups.reduce((sum, [, values]) => sum + height(values), TOP)
  let y = TOP
  const drawn = groups.map(([label, values]) => {
    const group = groupAt(y, label, values, scale)
    y += height(values)
    return group
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + BOTTOM}" width="${WIDTH}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    text(0, 16, `${title} (${unit})`, 'title'),
    ...(series.length > 1 ? legend(series) : []),
    ...scale.decades.flatMap((value) => [
      `<line x1="${round(scale.at(value))}" y1="${TOP - 8}" x2="${round(scale.at(value))}" y2="${bottom}"/>`,
      text(scale.at(value), bottom + 16, short(value), 'faint', 'middle'),
    ]),
    ...drawn.flat(),
    '</svg>',
    '',
  ].join('\n')
}

/** Powers of ten around all values, and where a value lies. */
function scaleOf(values) {
  const logs = values.map(Math.log10)
  const first = Math.floor(Math.min(...logs) - 0.1)
  const last = Math.max(first + 1, Math.ceil(Math.max(...logs)))
  const room = WIDTH - LABELS - VALUES
  const at = (value) => LABELS + ((Math.log10(value) - first) / (last - first)) * room
  const decades = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
  return { at, decades }
}

function groupAt(y, label, values, { at }) {
  const middle = y + (values.length * BAR) / 2 + 4
  const drawn = values.flatMap((value, i) => {
    if (!(value > 0)) return []
    const top = y + i * BAR
    const width = round(at(value) - LABELS)
    return [
      `<rect class="s${i}" x="${LABELS}" y="${top}" width="${width}" height="${BAR - 2}" rx="2"/>`,
      text(at(value) + 5, top + 10, short(value), 'faint'),
    ]
  })
  return [text(LABELS - 8, middle, label, '', 'end'), ...drawn]
}

function legend(series) {
  const step = (WIDTH - LABELS) / series.length
  return series.flatMap((name, i) => [
    `<rect class="s${i}" x="${round(LABELS + i * step)}" y="24" width="10" height="10" rx="2"/>`,
    text(LABELS + i * step + 15, 33, name, 'faint'),
  ])
}

function text(x, y, words, kind, anchor) {
  const named = kind ? ` class="${kind}"` : ''
  const placed = anchor ? ` text-anchor="${anchor}"` : ''
  return `<text x="${round(x)}" y="${round(y)}"${named}${placed}>${escape(words)}</text>`
}

function round(value) {
  return Math.round(value * 10) / 10
}

function escape(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
