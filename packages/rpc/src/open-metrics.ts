// Figures as OpenMetrics text, for `GET /metrics`.

/** One figure with all its samples. */
export interface MetricFamily {
  /** Lower-case words with underscores; a counter is written with `_total` behind it. */
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly MetricSample[]
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/**
 * Writes figures as OpenMetrics 1.0.0.
 *
 * @throws {TypeError} If a name is not one, or comes twice.
 */
export function writeOpenMetrics(families: readonly MetricFamily[]): string {
  const seen = new Set<string>()
  const lines: string[] = []
  for (const { name, type, help, samples } of families) {
    if (!/^[a-z][a-z0-9_]*$/.test(name) || name.endsWith('_total') || seen.has(name)) {
      throw new TypeError(`Expected a new metric name without _total, got ${name}`)
    }
    seen.add(name)
    lines.push(`# TYPE ${name} ${type}`, `# HELP ${name} ${escaped(help)}`)
    const key = type === 'counter' ? `${name}_total` : name
    for (const { labels = {}, value } of samples) lines.push(`${key}${labelText(labels)} ${value}`)
  }
  return `${[...lines, '# EOF'].join('\n')}\n`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`)
}
