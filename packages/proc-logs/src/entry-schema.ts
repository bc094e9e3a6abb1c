// The JSON shapes of entries for the document. `toWire` makes them and `readRecord` reads them.
import { Type } from '@hero/rpc'
import type { TSchema } from '@hero/rpc'

const gap = Type.Object(
  {
    from_n: Type.Integer(),
    to_n: Type.Integer(),
    from_seq: Type.Integer(),
    to_seq: Type.Integer(),
    lines: Type.Integer(),
    bytes: Type.Integer(),
    from_ts: Type.String(),
    to_ts: Type.String(),
    reason: Type.String(),
  },
  { additionalProperties: true },
)

/** An entry as it is shown. Readers ignore keys that they do not know. */
export const ENTRY_SCHEMA: TSchema = Type.Object(
  {
    seq: Type.Integer(),
    n: Type.Integer(),
    ts: Type.String({ description: 'RFC 3339 in UTC with microseconds' }),
    source: Type.String(),
    origin: Type.String(),
    stream: Type.Optional(Type.String()),
    level: Type.Optional(Type.String()),
    run: Type.Optional(Type.Integer()),
    text: Type.Optional(Type.String()),
    text_b64: Type.Optional(Type.String({ description: 'base64 of text that is not valid UTF-8' })),
    fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    part: Type.Optional(Type.String()),
    part_seq: Type.Optional(Type.Integer()),
    unterminated: Type.Optional(Type.Boolean()),
    gap: Type.Optional(gap),
    cursor: Type.String({ description: 'resume strictly after this entry' }),
  },
  { title: 'LogEntry', additionalProperties: true },
)

/** An entry as a producer gives it. Anything passes: what is wrong is told entry by entry. */
export const RECORD_SCHEMA: TSchema = Type.Unsafe<unknown>({
  title: 'LogRecord',
  description: '{text | text_b64, level?, ts?, stream?, fields?}',
})
