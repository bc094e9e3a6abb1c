// Study: a flood of lines of ten systems mixed, from one source and from ten at once, beside s6-log in
// turn. What a line costs in CPU time and on disk when everything is included.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atMost, count, median, missing, short } from '../figures.mjs'
import { openInput, openInputs } from '../generate.mjs'
import { measureRun, measureStart } from '../measure.mjs'
import { folderBytes, runPart } from '../part.mjs'
import { measurePeer, s6Log } from '../peers.mjs'

const SOURCES = 10
const DISK_BYTES_MAX = 22
const CPU_RATIO_MAX = 1.5

export async function study(options) {
  const one = openInput(options)
  const ten = openInputs(SOURCES, options)
  const runs = { start: [], one: [], ten: [], s6One: [], s6Ten: [] }
  for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
    options.say(`interleaved ${repetition}/${options.repetitions}`)
    runs.start.push(await measureStart('pipe'))
    runs.one.push(await measureRun('pipe', one))
    runs.s6One.push(await measurePeer(s6Log, [`cat ${one.path}`]))
    runs.ten.push(await measureSources(ten))
    runs.s6Ten.push(await measurePeer(s6Log, catsOf(ten)))
  }
  return report(runs, { one: linesOf([one]), ten: linesOf(ten) })
}

/** All inputs at once, a source each, from `cat` to the closed store; then everything is read back. */
async function measureSources(inputs) {
  const dir = mkdtempSync(join(tmpdir(), 'hero-sources-'))
  const sources = inputs.map((_, i) => `source${i + 1}`)
  const commands = inputs.map(({ path }, i) => ({
    source: sources[i],
    command: 'cat',
    args: [path],
  }))
  const plan = { dir, mode: 'pipe', overflow: 'block', commands, seconds: null }
  const usage = await runPart('capture', plan)
  const diskBytes = folderBytes(dir)
  const found = await runPart('read-back', { dir, sources })
  const same = found.every(({ sha256 }, i) => sha256 === inputs[i].sha256)
  if (same) rmSync(dir, { recursive: true, force: true })
  return { ...usage, diskBytes, same, dataDir: dir }
}

function report(runs, lines) {
  const startCpuUs = median(runs.start.map(({ cpuUs }) => cpuUs))
  const startMs = median(runs.start.map(({ wallMs }) => wallMs))
  const one = perLine(runs.one, lines.one, { cpuUs: startCpuUs, wallMs: startMs })
  const ten = perLine(runs.ten, lines.ten)
  const s6One = perLine(runs.s6One, lines.one)
  const s6Ten = perLine(runs.s6Ten, lines.ten)
  const failures = [...runs.one, ...runs.ten]
    .filter(({ same }) => !same)
    .map(({ dataDir }) => `what was read back differs; the store is kept: ${dataDir}`)
  return {
    rows: [
      ['', 'lines/s', 'CPU us/line', 'disk B/line'],
      row('hero_proc run, one source', one),
      row('s6-log', s6One),
      row('ten sources at once', ten),
      row('ten s6-log at once', s6Ten),
    ],
    notes: s6Log.isThere ? [] : ['s6-log is not installed: its rows are left out'],
    checks: [
      atMost('disk, one source', one.disk, DISK_BYTES_MAX, 'B/line'),
      atMost('disk, ten sources', ten.disk, DISK_BYTES_MAX, 'B/line'),
      ratio('CPU, one source', one, s6One),
      ratio('CPU, ten sources', ten, s6Ten),
    ],
    failures,
    data: { one, ten, s6One, s6Ten, runs },
  }
}

/** Medians a line, less what `base` cost; undefined without runs. */
function perLine(runs, lines, base = { cpuUs: 0, wallMs: 0 }) {
  if (runs.includes(undefined)) return undefined
  const middle = (of) => median(runs.map(of))
  return {
    rate: (lines * 1000) / middle(({ wallMs }) => Math.max(wallMs - base.wallMs, wallMs / 5)),
    cpu: (middle(({ cpuUs }) => cpuUs) - base.cpuUs) / lines,
    disk: middle(({ diskBytes }) => diskBytes) / lines,
  }
}

function ratio(figure, ours, theirs) {
  if (theirs === undefined) return missing(figure, 's6-log is not installed')
  return atMost(figure, ours.cpu / theirs.cpu, CPU_RATIO_MAX, 'x s6-log')
}

function row(name, figures) {
  if (figures === undefined) return [name, '-', '-', '-']
  return [name, count(figures.rate), short(figures.cpu), short(figures.disk)]
}

function catsOf(inputs) {
  return inputs.map(({ path }) => `cat ${path}`)
}

function linesOf(inputs) {
  return inputs.reduce((sum, { lines }) => sum + lines, 0)
}
