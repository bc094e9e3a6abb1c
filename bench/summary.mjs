// From single runs to figures: medians with their spread, less what starting and stopping cost, and
// the table that people read.
import { align, count, median, spread } from './figures.mjs'

/** The figures of one trial from its repetitions. */
export function summarize(trial, input, starts, runs) {
  const startMs = median(starts.map((one) => one.wallMs))
  const startCpuUs = median(starts.map((one) => one.cpuUs))
  // A tiny input on a busy machine can end within the noise of the start: then nothing is taken off, and
  // the rate is a lower bound.
  const netMs = ({ wallMs }) => (wallMs - startMs > wallMs / 5 ? wallMs - startMs : wallMs)
  const dataDirs = runs.flatMap((one) => one.dataDir ?? [])
  return {
    name: trial.name,
    about: trial.about,
    lines_per_s: spread(runs.map((one) => Math.round((input.lines * 1000) / netMs(one)))),
    cpu_us_per_line: spread(runs.map((one) => (one.cpuUs - startCpuUs) / input.lines)),
    disk_bytes_per_line: spread(runs.map((one) => one.diskBytes / input.lines)),
    rss_max_mib: spread(runs.map((one) => one.rssMaxKib / 1024)),
    start_ms: startMs,
    wall_ms: spread(runs.map((one) => one.wallMs)),
    lines_lost: Math.max(...runs.map((one) => one.linesLost)),
    same: runs.every((one) => one.same),
    ...(dataDirs.length === 0 ? {} : { dataDirs }),
  }
}

/** The table, and below it one line a trial that can be quoted. */
export function tableOf(input, results) {
  const rows = [
    [
      'trial',
      'lines/s',
      'spread',
      'CPU us/line',
      'spread',
      'disk B/line',
      'peak MiB',
      'lost',
      'bytes',
    ],
    ...results.map((one) => [
      one.name,
      count(one.lines_per_s.median),
      `${count(one.lines_per_s.min)}-${count(one.lines_per_s.max)}`,
      one.cpu_us_per_line.median.toFixed(2),
      `${one.cpu_us_per_line.min.toFixed(2)}-${one.cpu_us_per_line.max.toFixed(2)}`,
      one.disk_bytes_per_line.median.toFixed(1),
      one.rss_max_mib.median.toFixed(0),
      count(one.lines_lost),
      one.same ? 'same' : 'DIFFER',
    ]),
  ]
  const meanBytes = (input.bytes / input.lines).toFixed(0)
  return [
    `${count(input.lines)} lines, mean ${meanBytes} bytes, medians; start and stop are taken off`,
    '',
    ...align(rows),
    '',
    ...results.map(headline),
  ].join('\n')
}

function headline(one) {
  const rate = `${count(one.lines_per_s.median)} lines/s`
  const cost = `${one.cpu_us_per_line.median.toFixed(2)} us of CPU a line`
  return `${one.name}: ${rate}, ${cost}, ${count(one.lines_lost)} lines lost`
}
