// Keeps children from inheriting our descriptors. What Node opens is close-on-exec from birth, but of the
// descriptors that this process itself was started with, Node seals only the low ones.
import { readdirSync } from 'node:fs'
import type { Libc } from './libc.js'

let sealed = false

/** Marks all descriptors above stderr as close-on-exec: once a thread, however often it is called. */
export function sealInheritedFds(libc: Libc): void {
  if (sealed) return
  try {
    libc.closeRangeOnExec(3)
  } catch {
    sealOneByOne(libc)
  }
  sealed = true
}

/** Before Linux 5.11 and glibc 2.34. */
function sealOneByOne(libc: Libc): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name)
    if (fd <= 2) continue
    try {
      libc.closeOnExec(fd)
    } catch {
      // The descriptor through which the folder was listed is closed by now.
    }
  }
}
