// Numbers as people read them.

/** With separators: `1,204`. */
export function countText(count: number): string {
  return count.toLocaleString('en')
}

/** Short, for narrow columns: `12.4k`. */
export function shortCount(count: number): string {
  if (count < 1_000) return String(count)
  if (count < 1_000_000) return `${trim(count / 1_000)}k`
  return count < 1_000_000_000 ? `${trim(count / 1_000_000)}M` : `${trim(count / 1_000_000_000)}G`
}

/** Lines a second. */
export function rateText(rate: number): string {
  if (rate === 0) return ''
  return rate < 10 ? rate.toFixed(1) : shortCount(Math.round(rate))
}

function trim(value: number): string {
  return value < 100 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))
}
