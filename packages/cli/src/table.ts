// Tables for people: columns as wide as their widest cell, numbers to the right.
import { cleanText } from './terminal-text.js'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number
}

/** Writes rows under a line of titles; every line ends with a newline. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(({ value }) => cell(value(row))))
  const titles = columns.map(({ title }) => title.toUpperCase())
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...lines.map((line) => line[i]!.length)),
  )
  const isNumeric = columns.map(({ value }) => rows.some((row) => typeof value(row) === 'number'))
  return [titles, ...lines]
    .map((line) => {
      const padded = line.map((text, i) =>
        isNumeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!),
      )
      return `${padded.join('  ').trimEnd()}\n`
    })
    .join('')
}

/** Writes an integer with commas between thousands. */
export function formatCount(number: number): string {
  return number.toLocaleString('en-US')
}

function cell(value: string | number): string {
  const text = typeof value === 'number' ? formatCount(value) : value
  return cleanText(text, { colors: false }).replaceAll(/\s+/g, ' ')
}
