// The signatures of a partition: whatever order blocks have, none that may hold the needle is left out.
import { expect, test } from 'vitest'
import { SignatureIndex } from '../../src/read/signature-index.js'
import { buildSignature, trigramsOf } from '../../src/store/signature.js'

function signed(firstSeq: number, text: string): [number, Buffer] {
  return [firstSeq, buildSignature(Buffer.from(text), text.length)!]
}

test('candidates() are the blocks that may hold a needle, and those without a signature', () => {
  const index = new SignatureIndex(
    [1, 5, 9, 30],
    [signed(1, 'alpha beta'), signed(9, 'gamma delta'), signed(30, 'the needle')],
  )
  expect(index.candidates(trigramsOf(['needle'])).toSorted((a, b) => a - b)).toEqual([5, 30])
  expect(index.candidates(trigramsOf(['gamma'])).toSorted((a, b) => a - b)).toEqual([5, 9])
  expect(index.candidates(trigramsOf(['zzzzz']))).toEqual([5])
  expect(new SignatureIndex([], []).candidates(trigramsOf(['zzzzz']))).toEqual([])
})

test('keep() has a bound, and drop() gives the room back', () => {
  const large = (): SignatureIndex => new SignatureIndex([1], [[1, Buffer.alloc(9_000_000)]])
  const kept = [large(), large()]
  expect(kept.map((index) => index.keep())).toEqual([true, true])
  const third = large()
  expect(third.keep()).toBe(false)
  third.drop()
  expect(large().keep()).toBe(false)
  kept[0]!.drop()
  kept[0]!.drop()
  expect(third.keep()).toBe(true)
  expect(large().keep()).toBe(false)
})
