#!/usr/bin/env node
// The entry of the `hero_proc` command: runs the command line and exits with its code.
import { runProgram } from './program.js'

process.exitCode = await runProgram(process.argv.slice(2))
