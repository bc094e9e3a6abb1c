// Figures and tables: medians with their spread, percentiles, columns of equal width, and the pass
// figures that a trial ends with.

/** @param {number[]} values At least one. */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** @param {number[]} values At least one. */
export function median(values) {
  return percentile(values, 0.5)
}

/** The value below which the share `rank` (0 to 1) of the values lies, between two of them by weight. */
export function percentile(values, rank) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * rank
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

/** A figure with its bound: it must not be above. `aim` is where we would like it to be. */
export function atMost(figure, value, bound, unit, aim) {
  return judge(figure, value, unit, '<=', bound, aim, (limit) => value <= limit)
}

/** A figure with its bound: it must not be below. */
export function atLeast(figure, value, bound, unit, aim) {
  return judge(figure, value, unit, '>=', bound, aim, (limit) => value >= limit)
}

function judge(figure, value, unit, sign, bound, aim, holds) {
  const judged = { figure, value, unit, bound: `${sign} ${short(bound)}`, pass: holds(bound) }
  return aim === undefined ? judged : { ...judged, aim: `${sign} ${short(aim)}`, best: holds(aim) }
}

/** A figure that could not be had here, and why. */
export function missing(figure, reason) {
  return { figure, value: null, unit: reason, bound: '', pass: null }
}

/** The lines of the table of pass figures. */
export function checkTable(checks) {
  const rows = checks.map(({ figure, value, unit, bound, pass }) => [
    figure,
    value === null ? '-' : short(value),
    unit,
    bound,
    pass === null ? '-' : pass ? 'pass' : 'FAIL',
  ])
  return align([['figure', 'value', 'unit', 'bound', ''], ...rows])
}

/**
 * A chart for the report: horizontal bars on a logarithmic scale, a group of them for each of `groups`, which
 * are `[label, values]` with a value, or null, for each of `series`.
 */
export function bars(name, title, unit, series, groups) {
  return { name, title, unit, series, groups }
}

/** Columns of equal width: names to the left, figures to the right. */
export function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  '),
  )
}

/** Whole numbers with commas. */
export function count(value) {
  return Math.round(value).toLocaleString('en')
}

/** Three digits that matter, and no exponent. */
export function short(value) {
  if (value === 0 || Math.abs(value) >= 100) return count(value)
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
}
