// Who may put how much into the queue. Three quarters of it are first come, first served; the last
// quarter is kept for sources within their share, so that one that floods cannot push the others out.

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
  readonly queuedBytes: number
  /** Sources with bytes in the queue. */
  readonly active: number
}

/** A source that wants to put `size` more bytes into the queue. */
export interface Entrant {
  readonly queuedBytes: number
  readonly size: number
  /** It was refused, and the queue has not recovered since: it gets no more than its share. */
  readonly dropping: boolean
}

/** True if a source may enter. One that was refused stays out until the queue has recovered: what it
 * loses is then one long gap instead of one after every commit. */
export function mayEnter(fill: QueueFill, { queuedBytes, size, dropping }: Entrant): boolean {
  const total = fill.queuedBytes + size
  if (total > fill.queueBytesMax) return false
  if (!dropping && total <= openBytes(fill.queueBytesMax)) return true
  return queuedBytes + size <= shareBytes(fill.queueBytesMax, fill.active)
}

/** One read of a producer: the most that can come after it was asked to pause. */
const READ_BYTES_MAX = 320 * 1024

/** True if the next read of a producer could fill the open part of the queue. */
export function mayOverflow(fill: QueueFill): boolean {
  return fill.queuedBytes + READ_BYTES_MAX > openBytes(fill.queueBytesMax)
}

/** True if the next read could take a source that has `sourceBytes` queued beyond its share. */
export function mayExceedShare(fill: QueueFill, sourceBytes: number): boolean {
  if (sourceBytes === 0) return false
  return sourceBytes + READ_BYTES_MAX > shareBytes(fill.queueBytesMax, fill.active)
}

/** Held producers go on when this much more than one read fits: any one full batch's commit does it. */
const ROOM_BYTES = 512 * 1024

/** True if held producers can go on. A store that makes any progress lets them go within one commit, so
 * that a hold only runs out where there is none. */
export function hasRoom(fill: QueueFill): boolean {
  const room = Math.min(READ_BYTES_MAX + ROOM_BYTES, openBytes(fill.queueBytesMax) / 2)
  return fill.queuedBytes + room <= openBytes(fill.queueBytesMax)
}

/** True if the queue has recovered enough for sources that were refused to enter again. */
export function hasRecovered(fill: QueueFill): boolean {
  return fill.queuedBytes <= openBytes(fill.queueBytesMax) / 2
}
