// The C library's allocator, told to keep what is freed. Compressing a block takes a megabyte and a half for
// a millisecond; left to itself, glibc gives that back to the kernel each time and takes it anew, and the
// page faults of it cost nearly as much CPU time as the compression.
//
// What is kept lies scattered between pieces that are in use, in a heap of each thread, and became hundreds of
// megabytes within hours of load. So all that is free is given back now and then: 5 to 11 ms in a thread of
// the pool, and the page faults of one time.
import { libc } from './libc.js'

/** Parameters of glibc's `mallopt(3)`. */
const M_TRIM_THRESHOLD = -1
const M_MMAP_THRESHOLD = -3

/** Free memory at the end of a heap that is kept: a few times what a full block is packed with. Each thread
 * has a heap of its own; what was never in use is not held. */
const KEPT_BYTES = 8 * 2 ** 20
/** Pieces from this size on are taken from the kernel and given back by themselves, as by default those from
 * 128 KiB on: none that a block is packed with is so large. */
const MAPPED_BYTES_MIN = 4 * 2 ** 20

const GIVE_BACK_MS = 60_000
let timer: NodeJS.Timeout | undefined

/**
 * Makes the allocator keep freed memory for the next block, and give all of it back now and then. Without
 * glibc nothing happens.
 *
 * @param giveBackMs Between two times, in milliseconds.
 */
export function keepFreedMemory(giveBackMs: number = GIVE_BACK_MS): void {
  const calls = libc()
  calls?.setAllocator(M_TRIM_THRESHOLD, KEPT_BYTES)
  calls?.setAllocator(M_MMAP_THRESHOLD, MAPPED_BYTES_MIN)
  clearInterval(timer)
  timer = setInterval(() => calls?.trimAllocator(), giveBackMs).unref()
}
