// What is kept is seen by the kernel: memory that was freed and is taken again costs no page faults.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { libc } from '../src/libc.js'

/** Packs the same block again and again, as the writer does; prints the page faults of a hundred times. */
const PACKS = `
  import { brotliCompressSync, constants } from 'node:zlib'
  const { keepFreedMemory } = await import(process.argv[1])
  if (process.argv[2] === 'kept') keepFreedMemory()
  const block = Buffer.alloc(524_288, 'a line of a log that is packed\\n')
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 19 }
  const pack = () => { for (let i = 0; i < 100; i++) brotliCompressSync(block, { params }) }
  pack()
  const before = process.resourceUsage().minorPageFault
  pack()
  console.log(process.resourceUsage().minorPageFault - before)`

/** Frees most of what it has taken, in pieces between those that stay; prints what it holds then and later. */
const SCATTERS = `
  import { setTimeout as sleep } from 'node:timers/promises'
  const { keepFreedMemory } = await import(process.argv[1])
  keepFreedMemory(process.argv[2] === 'often' ? 50 : 3_600_000)
  const pieces = Array.from({ length: 400 }, () => Buffer.alloc(500_000, 1))
  const most = process.memoryUsage.rss()
  const stay = pieces.filter((_, i) => i % 20 === 0)
  pieces.length = 0
  gc()
  let rss = most
  for (let i = 0; i < 100 && rss > most / 2; i++) {
    await sleep(50)
    rss = process.memoryUsage.rss()
  }
  console.log(rss / most, stay.length)`

const isGlibc =
  (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
    .glibcVersionRuntime !== undefined

test.skipIf(!isGlibc || libc() === null)(
  'keepFreedMemory() spares the page faults of memory that is taken again',
  () => {
    const kept = figureOf(PACKS, 'kept')
    expect(kept).toBeLessThan(figureOf(PACKS, 'returned') / 4)
  },
)

test.skipIf(!isGlibc || libc() === null)(
  'keepFreedMemory() gives back what lies scattered, now and then',
  () => {
    expect(figureOf(SCATTERS, 'seldom')).toBeGreaterThan(0.5)
    expect(figureOf(SCATTERS, 'often')).toBeLessThan(0.5)
  },
)

function figureOf(program: string, how: string): number {
  const module = new URL('../dist/allocator.js', import.meta.url).href
  const args = ['--expose-gc', '--input-type=module', '--eval', program, module, how]
  return Number.parseFloat(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}
