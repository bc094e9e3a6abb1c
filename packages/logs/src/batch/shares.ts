// Who may put how much into the queue. Three quarters of it are first come, first served; the last
// quarter is kept for sources within their share, so that one that floods cannot push the others out.
// Everything here counts in cost: bytes, and a little for each line and each region.

/** Bytes that any source may fill, however much of them is its own. */
export function openBytes(queueBytesMax: number): number {
  return queueBytesMax * 0.75
}

/** Bytes that each of `active` sources can always have. */
export function shareBytes(queueBytesMax: number, active: number): number {
  return (queueBytesMax * 0.25) / Math.max(1, active)
}

export interface QueueFill {
  readonly queueBytesMax: number
  readonly queuedCost: number
  /** Sources with bytes in the queue. */
  readonly active: number
}

/** A source that wants to put something of `cost` into the queue. */
export interface Entrant {
  readonly queuedCost: number
  readonly cost: number
  /** It was refused, and the queue has not recovered since: it gets no more than its share. */
  readonly dropping: boolean
}

/** True if a source may enter. One that was refused stays out until the queue has recovered: what it
 * loses is then one long gap instead of one after every commit. */
export function mayEnter(fill: QueueFill, { queuedCost, cost, dropping }: Entrant): boolean {
  const total = fill.queuedCost + cost
  if (total > fill.queueBytesMax) return false
  if (!dropping && total <= openBytes(fill.queueBytesMax)) return true
  return queuedCost + cost <= shareBytes(fill.queueBytesMax, fill.active)
}

/** What hero_proc's own entries may take beyond the bound: some 2,000 of them. */
const OWN_BYTES = 1024 * 1024

/** True if an entry of hero_proc itself, such as a run's start and end, may enter. They are few: no flood hides
 * them, and only a store that takes nothing for very long runs out of room for them. */
export function mayEnterOwn(fill: QueueFill, cost: number): boolean {
  return fill.queuedCost + cost <= fill.queueBytesMax + OWN_BYTES
}

/** What can still come when producers are asked to pause: the read that crossed the line (256 KiB of line
 * ends at most, which cost twice that and one row), and what a run that ends meanwhile has left in its pipes. */
const READ_COST_MAX = 768 * 1024

/** What the first read of a source may bring, of which nobody knows yet: what a pipe holds, a chunk of a file.
 * Many that begin at once are then paused before they have filled the queue with one read each. */
export const FIRST_READ_COST: number = 64 * 1024

/** Where producers are asked to pause: half of the open part keeps the writer busy, and what lies above
 * is for bursts and for a disk that hesitates. A small queue needs all of it to keep the writer busy. */
function pauseBytes(queueBytesMax: number): number {
  const open = openBytes(queueBytesMax)
  return Math.max(open / 2, Math.min(open, 4 * READ_COST_MAX))
}

/** True if the next read of a producer could fill the queue to where producers pause. */
export function mayOverflow(fill: QueueFill): boolean {
  return fill.queuedCost + READ_COST_MAX > pauseBytes(fill.queueBytesMax)
}

/** True if the next read of a source, as large as its last one, could take it beyond its share. */
export function mayExceedShare(
  fill: QueueFill,
  { queuedCost, readCost }: { readonly queuedCost: number; readonly readCost: number },
): boolean {
  return queuedCost + readCost > shareBytes(fill.queueBytesMax, fill.active + 1)
}

/** Held producers go on when this much more than one read fits: any one full batch's commit does it. */
const ROOM_BYTES = 512 * 1024

/** True if held producers can go on. A store that makes any progress lets them go within one commit, so
 * that a hold only runs out where there is none. */
export function hasRoom(fill: QueueFill): boolean {
  const room = Math.min(READ_COST_MAX + ROOM_BYTES, openBytes(fill.queueBytesMax) / 2)
  return fill.queuedCost + room <= pauseBytes(fill.queueBytesMax)
}

/** True if the queue has recovered enough for sources that were refused to enter again. */
export function hasRecovered(fill: QueueFill): boolean {
  return fill.queuedCost <= openBytes(fill.queueBytesMax) / 2
}
