// A command captured into a source of a store, as hero_proc does it: paused for as long as the store holds it.
import { startCapture } from '@hero/capture'

/** Resolves to the running capture. */
export async function captureInto(logs, { source, command, args, mode, overflow }) {
  const sink = logs.sink({
    source,
    origin: mode,
    settings: { overflow },
    onHold: (held) => (held ? capture.pause() : capture.resume()),
  })
  const onLines = (region) => sink.writeLines(region, 1)
  const capture = await startCapture({ command, args, mode, onLines })
  return capture
}
