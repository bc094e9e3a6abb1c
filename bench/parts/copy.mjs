// A control: copies stdin to a file, as little as a Node process can do with a service's output.
//
//   node copy.mjs FILE
import { createWriteStream } from 'node:fs'

process.stdin.pipe(createWriteStream(process.argv[2]))
