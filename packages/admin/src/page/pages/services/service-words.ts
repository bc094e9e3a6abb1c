// What is said of a service: its state, its last end, what an operation on it means.
import type { HeroProcClient } from '@hero/sdk/browser'
import { spanText } from '../../text/sizes.js'
import type { Question } from '../../ui/confirm-dialog.js'

export type Status = Awaited<ReturnType<HeroProcClient['service']['status']>>
export type Exit = NonNullable<Status['last_exit']>
export type Verb = 'start' | 'stop' | 'restart'

/** How well a state is: the name of its color. */
export function moodOf(state: Status['state']): 'good' | 'busy' | 'bad' | 'off' {
  switch (state) {
    case 'running':
      return 'good'
    case 'starting':
    case 'stopping':
    case 'backoff':
      return 'busy'
    case 'failed':
      return 'bad'
    case 'stopped':
      return 'off'
  }
}

/** Operations that make sense in a state. */
export function verbsOf(state: Status['state']): readonly Verb[] {
  switch (state) {
    case 'running':
    case 'starting':
      return ['restart', 'stop']
    case 'backoff':
      return ['start', 'stop']
    case 'stopping':
      return []
    case 'failed':
    case 'stopped':
      return ['start']
  }
}

/** How a run ended: `exit code 3 after 2 s`. */
export function exitText({ code, signal, error, duration_ms: ms }: Exit): string {
  if (error !== undefined) return error.message
  const how = signal === null ? `exit code ${code}` : `ended by ${signal}`
  return `${how} after ${ms < 1_000 ? `${ms} ms` : spanText(ms)}`
}

/** True if the last run ended in a way that nobody asked for. */
export function isBadEnd({ state, last_exit: exit }: Status): boolean {
  if (exit === null || (exit.code === 0 && exit.error === undefined)) return false
  return exit.signal === null || state !== 'stopped'
}

/** What is to know of a service in one sentence. */
export function storyOf(status: Status, nowMs: number): string {
  const { state, started_ts: started, next_start_ts: next, last_exit: exit, restarts } = status
  switch (state) {
    case 'running':
      return started === null ? '' : `up ${spanText(nowMs - started / 1_000)}`
    case 'starting':
      return 'waiting until it is ready'
    case 'stopping':
      return 'told to stop'
    case 'backoff':
      return next === null ? 'starts again' : `starts again in ${spanText(next / 1_000 - nowMs)}`
    case 'failed':
      return restarts === 0 ? 'will not be started again' : `given up after ${restarts} restarts`
    case 'stopped':
      return exit === null ? 'has not run yet' : ''
  }
}

/** What is asked before an operation. */
export function questionOf(verb: Verb, { name, state, pid, definition }: Status): Question {
  const command = definition.command.join(' ')
  switch (verb) {
    case 'start':
      return { title: `Start ${name}?`, text: `It runs: ${command}`, action: 'Start' }
    case 'stop':
      return {
        title: `Stop ${name}?`,
        text:
          state === 'backoff'
            ? 'It will not be started again until somebody starts it.'
            : `Process ${pid} is ended, and it stays stopped until somebody starts it.`,
        action: 'Stop',
      }
    case 'restart':
      return {
        title: `Restart ${name}?`,
        text: `Process ${pid} is ended, and a new one is started.`,
        action: 'Restart',
      }
  }
}

/** An operation as it goes on, and as it failed. */
export const DOING: Readonly<Record<Verb, string>> = {
  start: 'Starting',
  stop: 'Stopping',
  restart: 'Restarting',
}
