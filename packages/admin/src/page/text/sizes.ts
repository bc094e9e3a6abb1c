// Sizes and durations as people read them.

/** Bytes in the unit that leaves one to three digits before the point: `12.4 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${Math.round(bytes)} B`
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`
  if (bytes < 1_073_741_824) return `${Math.round(bytes / 104_857.6) / 10} MiB`
  return `${Math.round(bytes / 107_374_182.4) / 10} GiB`
}

/** Milliseconds with two or three digits that mean something: `0.42 ms`, `12 ms`, `1.2 s`. */
export function millisecondsText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms >= 10) return `${Math.round(ms)} ms`
  return `${Number(ms.toFixed(ms < 1 ? 2 : 1))} ms`
}

/** A time span in its two largest units: `3 d 4 h`, `12 s`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
