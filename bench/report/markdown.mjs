// Tables and marked places of Markdown pages, laid out as the formatter wants them.

/** A table; the first row is the head. Columns after the first are figures. */
export function tableOf([head, ...rows]) {
  const cells = [head, ...rows].map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')))
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => [...row[column]].length)),
  )
  const line = (row) =>
    `| ${row.map((cell, column) => pad(cell, widths[column], column > 0)).join(' | ')} |`
  const rule = widths.map((width, column) =>
    column > 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  const [top, ...below] = cells.map(line)
  return [top, `| ${rule.join(' | ')} |`, ...below].join('\n')
}

function pad(cell, width, isFigure) {
  const blanks = ' '.repeat(width - [...cell].length)
  return isFigure ? blanks + cell : cell + blanks
}

/**
 * Fills every `<!-- bench: TRIAL N -->` of a page with the N-th table of that trial, up to `<!-- /bench -->`.
 * A trial without results leaves its place as it was.
 */
export function fillTables(page, results) {
  const place = /(<!-- bench: ([\w-]+) (\d+) -->\n)[\s\S]*?(<!-- \/bench -->)/g
  return page.replaceAll(place, (was, start, trial, number, end) => {
    const result = results.find(({ name }) => name === trial)
    if (result === undefined) return was
    const { rows } = result.tables[Number(number) - 1]
    const { machine, date, load } = result
    const when = `${date.slice(0, 10)}, commit ${machine.commit}, load ${load.toFixed(1)}`
    return `${start}\n${tableOf(rows)}\n\nMeasured ${when}.\n\n${end}`
  })
}
