// Trial: reading ten million lines of ten sources. The last 200 lines of one source, a rare word over all
// of them, and a pattern that no index can help, beside grep, ripgrep and a table of rows.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atLeast, atMost, count, median, missing, percentile, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { runPart } from '../part.mjs'
import { hasCommand } from '../systems/commands.mjs'
import { JOURNALD } from '../systems/journald.mjs'
import { measureFeed } from '../systems/measure-feed.mjs'

const SOURCES = Array.from({ length: 10 }, (_, i) => `source${i + 1}`)
const ROW_LINES_MAX = 2_000_000
/** It takes a hundred thousand lines a second, and reads all of them for a word. */
const JOURNAL_LINES_MAX = 500_000
const RARE = { text: 'zq7kx0vw2j', times: 5 }
/** Neither has a literal of three bytes; the first matches nothing, the second some lines. */
const PATTERNS = ['[0-9]{3}\\.[0-9]{3}x[0-9]z', '[0-9]{2}\\.[0-9]{3}\\.[0-9]{2}\\.[0-9]']
const TAILS = 500
const WRITE_RATE = 50_000

const TAIL_WAYS = {
  library: 'library, through its reader thread',
  reader: 'reader, in the asking thread',
  rows: 'table of rows, in the asking thread',
  libraryWhileWriting: 'library, while lines are written',
  readerWhileWriting: 'reader, while lines are written',
}

const TAIL_MS_MAX = 10
const SUBSTRING_MS_MAX = 100
const GREP_RATIO_MIN = 4
const GREP_RATIO_AIM = 8
const LIKE_RATIO_MIN = 12
const JOURNALCTL_RATIO_MIN = 100
const REGEX_RATE_MIN = 2_000_000

export async function run(options) {
  const { lines, seed, corpus, repetitions, say } = options
  const folder = mkdtempSync(join(tmpdir(), 'hero-search-'))
  const files = {
    dir: join(folder, 'store'),
    plainPath: join(folder, 'plain.log'),
    rowsPath: join(folder, 'rows.db'),
  }
  const rowLines = Math.min(lines, ROW_LINES_MAX)
  const about = { ...files, sources: SOURCES, seed, corpus }
  try {
    say(`making a store of ${count(lines)} lines`)
    await runPart('build', { ...about, lines, rowLines, needle: RARE })
    say(`asking it, ${repetitions} times`)
    const asked = await runPart('ask', {
      ...about,
      needle: RARE.text,
      patterns: PATTERNS,
      tools: hasCommand('rg') ? ['rg'] : [],
      repetitions,
      tails: TAILS,
      rate: WRITE_RATE,
    })
    say('journalctl')
    const journal = await askJournal(options, Math.min(lines, JOURNAL_LINES_MAX))
    return report({ ...asked, journal }, lines, rowLines)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds of `journalctl --grep` with a word that one line has, or why there are none. */
async function askJournal(options, lines) {
  const reason = JOURNALD.reason()
  if (reason !== undefined) return { reason }
  const input = openInput({ ...options, lines })
  const { asked } = await measureFeed(JOURNALD, { writer: 'block' }, [input], true)
  const { ms, found } = asked.find(({ what }) => what === 'search')
  if (found !== 1) throw new Error(`Expected journalctl to find 1 line, got ${found}`)
  return { ms, lines }
}

function report({ searches, tails, journal }, lines, rowLines) {
  const all = groupSearches(searches)
  // The row table has the first lines only: its time is scaled to all of them.
  const like = all.get(`LIKE ${RARE.text}`)
  like.ms *= lines / rowLines
  const msOf = (how, what = RARE.text) => all.get(`${how} ${what}`).ms
  const journalMs = (journal.ms * lines) / journal.lines
  const { writing } = tails
  const ratioOfTails = median(tails.times.library) / median(tails.times.rows)
  const tailP99 = (how) => percentile(tails.times[how], 0.99)
  return {
    tables: [
      {
        rows: [
          ['what', 'how', 'ms', 'found', 'decoded lines'],
          ...[...all.values()].map(({ what, how, ms, found, scanned }) => [
            `\`${what}\``,
            how,
            short(ms),
            count(found),
            scanned === undefined ? '' : count(scanned),
          ]),
          ...(journal.reason
            ? []
            : [['a rare word', 'journalctl --grep', short(journalMs), '1', '']]),
        ],
      },
      {
        title: 'Last 200 lines of one source, ms',
        rows: [
          ['', 'p50', 'p99'],
          ...Object.entries(tails.times).map(([how, values]) => [
            TAIL_WAYS[how],
            short(percentile(values, 0.5)),
            short(percentile(values, 0.99)),
          ]),
        ],
      },
    ],
    notes: [
      `LIKE ran on the first ${count(rowLines)} lines; its time is scaled to ${count(lines)}`,
      journal.reason
        ? `journalctl: left out, ${journal.reason}`
        : `journalctl ran on ${count(journal.lines)} lines; its time is scaled to ${count(lines)}`,
      `written while reading: ${count(writing.rate)} lines/s`,
    ],
    checks: [
      atMost('last 200, p99, library', tailP99('library'), TAIL_MS_MAX, 'ms'),
      atMost('last 200, p99, reader', tailP99('reader'), TAIL_MS_MAX, 'ms'),
      atMost('the same while writing, library', tailP99('libraryWhileWriting'), TAIL_MS_MAX, 'ms'),
      atMost('the same while writing, reader', tailP99('readerWhileWriting'), TAIL_MS_MAX, 'ms'),
      atMost('last 200, p50', ratioOfTails, 1, 'x rows', 0.5),
      ...['library', 'reader'].flatMap((how) => [
        atMost(`rare substring, ${how}`, msOf(how), SUBSTRING_MS_MAX, 'ms'),
        atLeast(
          `rare substring, ${how}, faster than`,
          msOf('grep -F') / msOf(how),
          GREP_RATIO_MIN,
          'x grep -F',
          GREP_RATIO_AIM,
        ),
        atLeast(
          `rare substring, ${how}, faster than`,
          like.ms / msOf(how),
          LIKE_RATIO_MIN,
          'x LIKE',
        ),
        journal.reason
          ? missing(`rare substring, ${how}`, journal.reason)
          : atLeast(
              `rare substring, ${how}, faster than`,
              journalMs / msOf(how),
              JOURNALCTL_RATIO_MIN,
              'x journalctl',
            ),
        ...PATTERNS.map((regex) =>
          atLeast(
            `regex \`${regex}\`, ${how}`,
            (lines * 1000) / msOf(how, regex),
            REGEX_RATE_MIN,
            'lines/s',
          ),
        ),
      ]),
    ],
    failures: findDisagreements(searches),
    data: { searches, writing, rowLines, journal },
  }
}

/** Medians of the repetitions, by way and thing. */
function groupSearches(searches) {
  const groups = new Map()
  for (const search of searches) {
    const key = `${search.how} ${search.what}`
    groups.set(key, [...(groups.get(key) ?? []), search])
  }
  return new Map(
    [...groups].map(([key, runs]) => [key, { ...runs[0], ms: median(runs.map(({ ms }) => ms)) }]),
  )
}

/** Everybody must find the same lines; the row table has only the first ones. */
function findDisagreements(searches) {
  return searches.flatMap(({ what, how, found }) => {
    if (how === 'LIKE') return []
    const wanted = searches.find((other) => other.what === what && other.how.startsWith('grep'))
    if (found === wanted.found) return []
    return [`${how} found ${found} lines of ${what}, ${wanted.how} found ${wanted.found}`]
  })
}
