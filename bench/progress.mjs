// One line of progress on stderr; on a terminal it replaces itself.

export function say(text) {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
}

export function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
}
