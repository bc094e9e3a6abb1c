// Writes docs/dev/LOG_BATCHER_BENCH.md, its charts, and the tables of measured evidence in docs/decisions from
// bench/results: everything is taken from there, so that the same results give the same pages.
//
//   npm run bench:report
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { svgOf } from './report/chart.mjs'
import { fillTables } from './report/markdown.mjs'
import { pageOf } from './report/page.mjs'
import { TRIALS } from './trials.mjs'

const RESULTS = new URL('results/', import.meta.url)
const PAGE = new URL('../docs/dev/LOG_BATCHER_BENCH.md', import.meta.url)
const CHARTS = new URL('../docs/dev/bench/', import.meta.url)
const DECISIONS = new URL('../docs/decisions/', import.meta.url)

const results = readResults()
if (results.length === 0) {
  console.error('bench: no results; `npm run bench` makes some')
  process.exit(1)
}
writeFileSync(PAGE, pageOf(results))
writeCharts()
fillDecisions()

// A small form of another trial is left out where that one has a result.
function readResults() {
  const pathOf = (name) => new URL(`${name}.json`, RESULTS)
  return TRIALS.filter(({ module }) => module === undefined || !existsSync(pathOf(module)))
    .map(({ name }) => pathOf(name))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')))
}

function writeCharts() {
  rmSync(CHARTS, { recursive: true, force: true })
  mkdirSync(CHARTS)
  for (const { name, charts } of results) {
    for (const chart of charts) {
      writeFileSync(new URL(`${name}-${chart.name}.svg`, CHARTS), svgOf(chart))
    }
  }
}

function fillDecisions() {
  for (const name of readdirSync(DECISIONS)) {
    const path = new URL(name, DECISIONS)
    const page = readFileSync(path, 'utf8')
    const filled = fillTables(page, results)
    if (filled !== page) writeFileSync(path, filled)
  }
}
