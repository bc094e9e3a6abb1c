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

const isGlibc =
  (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
    .glibcVersionRuntime !== undefined

test.skipIf(!isGlibc || libc() === null)(
  'keepFreedMemory() spares the page faults of memory that is taken again',
  () => {
    const kept = pageFaults('kept')
    expect(kept).toBeLessThan(pageFaults('returned') / 4)
  },
)

function pageFaults(how: string): number {
  const module = new URL('../dist/allocator.js', import.meta.url).href
  const args = ['--input-type=module', '--eval', PACKS, module, how]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}
