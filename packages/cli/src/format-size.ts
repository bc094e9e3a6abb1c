// Sizes for people.

/** Writes bytes in the unit that leaves one to three digits before the point. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KiB`
  if (bytes < 1_073_741_824) return `${Math.round(bytes / 104_857.6) / 10} MiB`
  return `${Math.round(bytes / 107_374_182.4) / 10} GiB`
}
