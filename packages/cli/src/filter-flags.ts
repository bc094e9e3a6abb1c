// The flags that choose entries, the same for `logs` and `logs export`.
import type { Command } from 'commander'
import { collect } from './options.js'

/** Adds the flags to a command. */
export function addFilters(command: Command): Command {
  return command
    .option('-S, --since <time>', 'not older than this')
    .option('-U, --until <time>', 'not newer than this')
    .option('-p, --level <level>', 'this level and more severe, or a span A..B')
    .option('-g, --grep <regex>', 'text that matches (without case unless it has upper case)')
    .option('-F, --contains <text>', 'text that contains this (case as for --grep)')
    .option('--field <condition>', "a field, as in 'status>=500'; may be repeated", collect)
    .option('--stream <name>', 'stdout, stderr or none; may be repeated', collect)
    .option('--origin <name>', 'pty, pipe, rpc, system, ...; may be repeated', collect)
    .option('--run <number>', "runs by number, or 'last'; may be repeated", collect)
    .option('--join', 'join the parts of long lines')
    .option('--after-cursor <cursor>', 'only what came after this entry')
}
