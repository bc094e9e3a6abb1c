// What must be true of the store of `scripted-run.mjs`, wherever it was cut off.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openLogs } from '@hero/logs'
import { integrityFailures, readAll } from './place.mjs'

export const SCRIPTED_RUN = fileURLToPath(new URL('scripted-run.mjs', import.meta.url))

/** What the lines that the program said promise: per source the lines above `from` up to `to` are there. */
export function promised(said) {
  const acked = new Map()
  let gone = new Map()
  for (const line of said) {
    const [word, source, n] = line.split(' ')
    if (word === 'acked') acked.set(source, Number(n))
    if (word === 'gone') gone = new Map(acked)
  }
  return [...acked].map(([source, to]) => ({ source, from: gone.get(source) ?? 0, to }))
}

/**
 * Looks at a store that was cut off, opens it, and writes to it again; names all that is wrong. `promises` as
 * {@link promised} gives them. `isWhole`: the files must be so before anybody opens the store as well.
 */
export async function storeFailures(dir, promises, { isWhole = true } = {}) {
  const failures = []
  mkdirSync(dir, { recursive: true })
  const expectWhole = (when) => {
    const broken = integrityFailures(dir)
    if (broken.length > 0) failures.push(`${when}: not whole: ${broken.join(', ')}`)
  }
  if (isWhole && existsSync(`${dir}/catalog.db`)) expectWhole('as found')
  const logs = await openLogs({ dir })
  try {
    const aside = readdirSync(dir).filter((name) => name.includes('.damaged'))
    if (aside.length > 0) failures.push(`set aside: ${aside.join(', ')}`)
    const entries = await readAll(logs)
    for (const { source, from, to } of promises) {
      const own = entries.filter((entry) => entry.source === source)
      const present = new Set(own.map(({ n }) => n))
      if (present.size !== own.length) failures.push(`${source}: lines twice`)
      let lost = 0
      for (let n = from + 1; n <= to; n++) if (!present.has(n)) lost++
      if (lost > 0) failures.push(`${source}: ${lost} acknowledged lines lost`)
      const changed = own.filter(({ n, text }) => Number(text?.split(' ')[0]) !== n).length
      if (changed > 0) failures.push(`${source}: ${changed} lines are not what was written`)
    }
    const { seq } = logs.sink({ source: 'after', origin: 'rpc' }).write({ text: 'again' })
    if (seq <= (entries.at(-1)?.seq ?? 0)) failures.push(`number ${seq} is given twice`)
    await logs.sync()
    const { totals } = logs.stats()
    if (totals.received_total !== totals.sent_total + totals.dropped_total)
      failures.push(`the accounts do not add up: ${JSON.stringify(totals)}`)
  } finally {
    await logs.close()
  }
  expectWhole('after it was opened')
  return failures
}
