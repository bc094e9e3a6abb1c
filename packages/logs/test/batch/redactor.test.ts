// Secrets that come in pieces: of lines, of a private key, of a record's fields.
import { expect, test } from 'vitest'
import type { LineRegion } from '@hero/logs'
import { Redactor } from '../../src/batch/redactor.js'
import { region } from '../support.js'

function textOf({ bytes, start, end }: LineRegion): string {
  return Buffer.from(bytes).subarray(start, end).toString()
}

/** Gives a line in pieces and returns what comes out of each, the rest included. */
function pieces(redactor: Redactor, parts: readonly string[]): string[] {
  const told = parts.map((text, i) => {
    const isLast = i === parts.length - 1
    const part = parts.length === 1 ? 'none' : i === 0 ? 'first' : isLast ? 'last' : 'middle'
    return textOf(redactor.region(region(text, { lines: 1, part, terminated: isLast })))
  })
  return [...told, ...[...redactor.rest()].map(textOf)]
}

test('a secret is found wherever a line is cut in two', () => {
  const line = `${'x'.repeat(5_000)} password=hunter2 Grüße ${'y'.repeat(5_000)}\n`
  const bytes = Buffer.from(line)
  for (let at = 4_990; at < 5_040; at++) {
    const redactor = new Redactor([])
    const cut = [bytes.subarray(0, at), bytes.subarray(at)].map((piece) => piece.toString('latin1'))
    const told = cut.map((text, i) => {
      const isLast = i === 1
      const more = { lines: 1, part: isLast ? 'last' : 'first', terminated: isLast } as const
      return redactor.region(region(Buffer.from(text, 'latin1'), more))
    })
    const all = Buffer.concat(
      told.map((one) => Buffer.from(one.bytes).subarray(one.start, one.end)),
    )
    expect(all.toString()).toBe(line.replace('hunter2', '[redacted]'))
    expect(redactor.takeCount()).toBe(1)
  }
})

test('an unfinished line is held back, and given on when nobody finishes it', () => {
  const redactor = new Redactor([])
  const first = redactor.region(region('token=abc', { lines: 1, part: 'first', terminated: false }))
  expect(textOf(first)).toBe('')
  expect(redactor.isOpen('stdout')).toBe(true)
  expect([...redactor.rest()].map(textOf)).toEqual(['token=[redacted]'])
  expect(redactor.isOpen('stdout')).toBe(false)
  expect([...redactor.rest()]).toEqual([])
})

test('a private key is hidden over regions, line by line, and what follows it is not', () => {
  const redactor = new Redactor([])
  const begin = '-----BEGIN PRIVATE KEY-----'
  const end = '-----END PRIVATE KEY-----'
  const told = [`a\n${begin}\n`, 'AAAA\nBBBB\n', 'CCCC\n', `${end}\nb\n`].map((text) =>
    textOf(redactor.region(region(text))),
  )
  const mark = '[redacted]\n'
  expect(told).toEqual([`a\n${begin}\n`, mark + mark, mark, `${end}\nb\n`])
})

test('a private key without an end is hidden for 16,384 characters', () => {
  const redactor = new Redactor([])
  redactor.region(region('-----BEGIN PRIVATE KEY-----\n'))
  for (let i = 0; i < 16; i++) redactor.region(region(`${'k'.repeat(1_023)}\n`))
  expect(textOf(redactor.region(region('again\n')))).toBe('again\n')
})

test('what is no secret stays byte for byte', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a])
  expect([...pieces(new Redactor([]), [bytes.toString('latin1')])]).toEqual([
    bytes.toString('latin1'),
  ])
})

test('fields are hidden by name and by content, and stay JSON', () => {
  const redactor = new Redactor(['known-value'])
  const fields = { token: 12, url: 'http://a:b@c', nested: { note: 'known-value!', ok: true } }
  expect(redactor.fields(fields)).toEqual({
    token: '[redacted]',
    url: 'http://a:[redacted]@c',
    nested: { note: '[redacted]!', ok: true },
  })
  expect(redactor.takeCount()).toBe(3)
})
