// `hero_proc logs clear`, `vacuum` and `verify`: what goes, and whether what is kept is whole.
import type { Removal, VerifyReport } from '@hero/logs'
import type { Command } from 'commander'
import { tryConnect } from '../connect.js'
import { EXIT, usageError } from '../exit.js'
import { formatSize } from '../format-size.js'
import { print, say } from '../output.js'
import { parseSize } from '../size-spec.js'
import { withStore } from '../store-access.js'
import { formatCount } from '../table.js'
import { parseTime } from '../time-spec.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

interface VacuumFlags extends SettingFlags {
  readonly size?: string
  readonly time?: string
}

/** All of a large store is read: that takes as long as it takes. */
const UNBOUNDED = { timeoutMs: 0 } as const

/** Adds the verbs below `logs`. */
export function addUpkeep(logs: Command): void {
  logs
    .command('clear')
    .summary('hide all lines of a source so far, for good')
    .description('Hide all lines of a source so far, for good; their space follows.')
    .argument('<source>', 'its name')
    .action(async (source: string, _: object, self: Command) => {
      await clear(source, self.optsWithGlobals<SettingFlags>())
    })
  logs
    .command('vacuum')
    .summary('remove the oldest logs now')
    .description('Remove the oldest partitions now, until what is left fits.')
    .option('--size <size>', 'what may be left on disk, as in 500M or 2G')
    .option('--time <time>', 'how old what is left may be, as in 2d')
    .action(async (_: object, self: Command) => {
      await vacuum(self.optsWithGlobals<VacuumFlags>())
    })
  logs
    .command('verify')
    .summary('prove that the logs are what was written')
    .description('Read all logs and name what is not as it was written. Exits 6 if there is any.')
    .option('--json', 'one JSON object')
    .action(async (_: object, self: Command) => {
      process.exitCode = await verify(self.optsWithGlobals<SettingFlags & { json?: boolean }>())
    })
}

async function clear(source: string, flags: SettingFlags): Promise<void> {
  const { lines } = await withStore(flags, {
    ask: (client) => client.call<{ lines: number }>('logs.clear', { source }),
    work: (logs) => logs.clear(source),
  })
  say(`hero_proc: ${formatCount(lines)} lines of ${source} are hidden`)
}

async function vacuum(flags: VacuumFlags): Promise<void> {
  if (flags.size === undefined && flags.time === undefined) {
    throw usageError('Expected --size or --time, got neither')
  }
  const bytes = flags.size === undefined ? {} : { bytes: parseSize(flags.size, '--size') }
  const nowMs = Date.now()
  const ageMs =
    flags.time === undefined ? undefined : Math.ceil(nowMs - parseTime(flags.time, nowMs) / 1000)
  const removal = await withStore<Removal>(flags, {
    ask: (client) =>
      client.call(
        'logs.vacuum',
        { ...bytes, ...(ageMs === undefined ? {} : { age_ms: ageMs }) },
        UNBOUNDED,
      ),
    work: (logs) => logs.vacuum({ ...bytes, ...(ageMs === undefined ? {} : { ageMs }) }),
  })
  say(
    `hero_proc: ${formatCount(removal.lines)} lines in ${removal.partitions} partitions removed, ` +
      `${formatSize(removal.bytes)} given back`,
  )
}

async function verify(flags: SettingFlags & { readonly json?: boolean }): Promise<number> {
  const report = await verifyReport(flags)
  const { partitions, lines, damage } = report
  if (flags.json) await print(`${JSON.stringify(report)}\n`)
  else await print(damage.map((one) => `${describeDamage(one)}\n`).join(''))
  const found = damage.length === 0 ? 'all as written' : `damage in ${damage.length} places`
  say(`hero_proc: ${formatCount(lines)} lines in ${partitions} partitions: ${found}`)
  return damage.length === 0 ? EXIT.ok : EXIT.integrity
}

// Reading is all it takes: without a hero_proc the files are looked at as they are.
async function verifyReport(flags: SettingFlags): Promise<VerifyReport> {
  const settings = resolveSettings(flags)
  const connection = await tryConnect(settings)
  if (connection) {
    try {
      return await connection.client.call<VerifyReport>('logs.verify', {}, UNBOUNDED)
    } finally {
      connection.client.close()
    }
  }
  const { verifyStore } = await import('@hero/logs')
  const steps = verifyStore(settings.logsDir)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function describeDamage({
  partition,
  from_seq,
  to_seq,
  lines,
  problem,
}: VerifyReport['damage'][number]): string {
  const place = from_seq === undefined ? '' : ` seq ${from_seq}-${to_seq} (${lines} lines)`
  return `${partition}${place}: ${problem}`
}
