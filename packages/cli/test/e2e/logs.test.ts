// `hero_proc logs` as a process: the same answers from a running hero_proc and from the data dir, wrong
// flags, readers that go away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Place } from './command.js'
import type { Running } from './command.js'

const place = new Place()
const LINES = 25_000

beforeAll(async () => {
  const script = `seq 1 ${LINES}; echo "ERROR: it broke" >&2; printf 'a\\377b\\n'; printf '\\033[2Jx\\n'`
  await place.run([
    'run',
    '--quiet',
    '--name',
    'web',
    '--capture',
    'pipe',
    '--',
    'sh',
    '-c',
    script,
  ])
  await place.run(['run', '--quiet', '--name', 'db', '--', 'echo', 'hello'])
})

afterAll(() => place.close())

describe.each(['the data dir', 'a running hero_proc'])('logs from %s', (from) => {
  const isServed = from !== 'the data dir'
  let server: Running | undefined

  beforeAll(async () => {
    if (isServed) server = await place.serve()
  })

  afterAll(async () => {
    await server?.stop()
  })

  test('says where it reads', async () => {
    const { stderr } = await place.run(['logs', '-n', '1'])
    expect(stderr).toBe(
      isServed ? '' : `hero_proc: No hero_proc is running, reading ${place.dataDir}\n`,
    )
  })

  test.each<[string, string[], string]>([
    ['the newest', ['web', '--stream', 'stdout', '-n', '3'], `${LINES}\na\ufffdb\n\u001b[2Jx\n`],
    ['newest first', ['web', '-r', '-n', '2', '--stream', 'stdout'], '\u001b[2Jx\na\ufffdb\n'],
    ['one stream', ['web', '--stream', 'stderr'], 'ERROR: it broke\n'],
    ['a level', ['web', '-p', 'err'], 'ERROR: it broke\n'],
    ['a text', ['-F', 'IT BROKE'], ''],
    ['a text in any case', ['-F', 'error: it broke', '--stream', 'stderr'], 'ERROR: it broke\n'],
    ['a pattern', ['web', '-g', '^2499[89]$'], '24998\n24999\n'],
    ['patterns of names', ['d*', '--stream', 'stdout'], 'hello\n'],
    ['an origin', ['--origin', 'pty'], 'hello\n'],
    ['the last run', ['db', '--run', 'last', '--stream', 'stdout'], 'hello\n'],
    ['a run that there is not', ['db', '--run', '9'], ''],
    ['the future', ['--since', '+1h'], ''],
    ['the past', ['--until', 'yesterday'], ''],
    ['none', ['-n', '0'], ''],
  ])('shows %s', async (_, flags, expected) => {
    const { code, stdout } = await place.run(['logs', '-o', 'cat', ...flags])
    expect(stdout.toString()).toBe(expected)
    expect(code).toBe(0)
  })

  test('pages through everything in order', async () => {
    const text = await place.print('logs', 'web', '--stream', 'stdout', '-o', 'cat', '-n', 'all')
    const numbers = text.split('\n').slice(0, LINES).map(Number)
    expect(numbers).toEqual(Array.from({ length: LINES }, (_, i) => i + 1))
    const entries = await place.entries()
    const seqs = entries.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    expect(new Set(seqs).size).toBe(LINES + 8)
    const newest = await place.entries('-n', '20000')
    expect(newest).toEqual(entries.slice(-20_000))
  })

  test('goes on after a cursor', async () => {
    const shown = await place.print('logs', 'web', '-n', '2', '-o', 'cat', '--show-cursor')
    const cursor = /^-- cursor: (.*)\n$/m.exec(shown)?.[1] ?? ''
    const after = await place.entries('--after-cursor', cursor)
    expect(new Set(after.map(({ source }) => source))).toEqual(new Set(['db']))
  })

  test('exits 3 for a source that there is not', async () => {
    const { code, stderr } = await place.run(['logs', 'nobody'])
    expect(code).toBe(3)
    expect(stderr).toContain(
      "hero_proc: No source has the name 'nobody'\nhint: hero_proc logs sources\n",
    )
  })

  test('exits 1 for a cursor that is none', async () => {
    const { code, stderr } = await place.run(['logs', '--after-cursor', 'nonsense'])
    expect(code).toBe(1)
    expect(stderr).toContain('hero_proc: Expected a cursor as an earlier answer gave it\n')
  })

  test('is silent when its reader goes away', async () => {
    const running = place.start(['logs', '-n', 'all', '--json'])
    running.child.stdout?.once('data', () => running.child.stdout?.destroy())
    const { code, stderr } = await running.ended
    expect(code).toBe(0)
    expect(stderr).not.toContain('EPIPE')
  })

  test('lists the sources', async () => {
    const text = await place.print('logs', 'sources')
    expect(text).toMatch(
      new RegExp(`^web +pipe,system +${(LINES + 5).toLocaleString('en-US')} `, 'm'),
    )
  })

  test('takes control sequences out when colors are forced', async () => {
    const flags = ['logs', 'web', '-n', '2', '--stream', 'stdout', '-o', 'cat']
    const { stdout } = await place.run(flags, { env: { FORCE_COLOR: '1' } })
    expect(stdout.toString()).toBe(`${String.raw`a\xffb`}\nx\n`)
    const raw = await place.run([...flags, '--raw'], { env: { FORCE_COLOR: '1' } })
    expect(raw.stdout.toString('latin1')).toBe('a\u00ffb\n\u001b[2Jx\n')
  })
})

describe('logs without a hero_proc', () => {
  test('-f shows what there is and exits 4', async () => {
    const { code, stdout, stderr } = await place.run(['logs', '-f', '-n', '1', 'db', '-o', 'cat'])
    expect(code).toBe(4)
    expect(stdout.toString()).toBe('run 1 exited with code 0\n')
    expect(stderr).toContain('hero_proc: Nothing to follow: no hero_proc is running\n')
  })

  test('exits 3 if there are no logs at all', async () => {
    const { code, stderr } = await place.run(['logs', '--data-dir', 'nowhere'])
    expect(code).toBe(3)
    expect(stderr).toContain('There is no log database')
  })

  test('insert exits 4', async () => {
    expect((await place.run(['logs', 'insert', 'x', 'text'])).code).toBe(4)
  })
})

describe('usage', () => {
  test.each([
    [[], 2],
    [['nonsense'], 2],
    [['logs', '--nonsense'], 2],
    [['logs', '-C', 'x'], 2],
    [['logs', '-C', '3', '-f'], 2],
    [['logs', '--field', 'status'], 2],
    [['logs', 'export', '-', '--format', 'sqlite'], 2],
    [['logs', '-o', 'fancy'], 2],
    [['run'], 2],
    [['run', '--capture', 'film', '--', 'true'], 2],
    [['run', '--name', 'a/b', '--', 'true'], 2],
    [['service', 'add', 'x'], 2],
    [['stats', '--interval', '0'], 2],
    [['status', '--socket-dir', 's'.repeat(120)], 2],
    [['--help'], 0],
    [['service', 'add', '--help'], 0],
  ])('%j exits with %d', async (args, code) => {
    const ended = await place.run(args)
    expect(ended.code).toBe(code)
    if (code === 0) return
    expect(ended.stdout.toString()).toBe('')
    expect(ended.stderr).toMatch(args.length === 0 ? /^Usage: / : /^hero_proc: [A-Z].*\n/)
  })
})
