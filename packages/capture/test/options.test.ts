import { expect, test } from 'vitest'
import { resolveCaptureOptions } from '../src/options.js'
import type { CaptureOptions } from '../src/options.js'

const onLines = (): void => undefined
const least: CaptureOptions = { command: 'true', mode: 'pty', onLines }

test('resolveCaptureOptions() fills in the defaults', () => {
  expect(resolveCaptureOptions(least)).toMatchObject({
    command: 'true',
    args: [],
    cwd: undefined,
    env: process.env,
    uid: undefined,
    gid: undefined,
    mode: 'pty',
    stdin: 'ignore',
    columns: 120,
    rows: 40,
    lineBytesMax: 65_536,
    partialFlushMs: 2000,
    drainDeadlineMs: 1000,
    killGraceMs: 200,
    onData: undefined,
  })
})

test.each([
  [{ shell: true }, "TypeError: Unknown option 'shell'"],
  [{ command: '' }, 'TypeError: Expected command to be a non-empty string without NUL, got ""'],
  [
    { command: 'a\0b' },
    'TypeError: Expected command to be a non-empty string without NUL, got "a\\u0000b"',
  ],
  [{ args: 'x' }, 'TypeError: Expected args to be strings without NUL, got "x"'],
  [{ args: [1] }, 'TypeError: Expected args to be strings without NUL, got [1]'],
  [{ cwd: 1 }, 'TypeError: Expected cwd to be a string without NUL, got 1'],
  [{ env: { A: 1 } }, 'TypeError: Expected env to be names and strings without NUL, got {"A":1}'],
  [{ mode: 'stdio' }, "TypeError: Expected mode to be 'pty', 'pipe' or 'tee', got \"stdio\""],
  [{ stdin: 'pipe' }, "TypeError: Expected stdin to be 'ignore' or 'inherit', got \"pipe\""],
  [{ onLines: undefined }, 'TypeError: Expected onLines to be a function, got undefined'],
  [{ onData: 1 }, 'TypeError: Expected onData to be a function, got 1'],
  [{ clock: 1 }, 'TypeError: Expected clock to be a function, got 1'],
  [{ rows: '40' }, 'TypeError: Expected rows to be a number, got "40"'],
  [{ columns: 0 }, 'RangeError: Expected columns to be an integer from 1 to 65535, got 0'],
  [{ uid: -1 }, 'RangeError: Expected uid to be an integer from 0 to 4294967294, got -1'],
  [
    { gid: 0xffff_ffff },
    'RangeError: Expected gid to be an integer from 0 to 4294967294, got 4294967295',
  ],
  [
    { lineBytesMax: 1023 },
    'RangeError: Expected lineBytesMax to be an integer from 1024 to 1048576, got 1023',
  ],
  [
    { partialFlushMs: 1.5 },
    'RangeError: Expected partialFlushMs to be an integer from 0 to 3600000, got 1.5',
  ],
  [
    { killGraceMs: NaN },
    'RangeError: Expected killGraceMs to be an integer from 0 to 600000, got NaN',
  ],
])('resolveCaptureOptions() refuses %o', (wrong, message) => {
  let got: unknown
  try {
    resolveCaptureOptions({ ...least, ...(wrong as object) })
  } catch (error) {
    got = error
  }
  expect(String(got)).toBe(message)
})
