// Hides secrets in what one producer gives, before it is numbered or kept anywhere. Lines stay lines, and
// pieces of a line stay pieces: the end of a piece is held back until it is known what follows it.
import type { Fields, LineRegion, Stream } from '../model/entry.js'
import { findKeys, findSecrets, isSecretName, SECRET_LENGTH_MAX } from './find-secrets.js'
import type { Span } from './find-secrets.js'

/** What stands in the place of a secret. */
const MARK = '[redacted]'
/** A shorter value would hide words that only look like it. */
const KNOWN_LENGTH_MIN = 6
const NO_BYTES = Buffer.alloc(0)

/** A stream between two regions. */
interface Open {
  /** The end of the last piece, which was not given on. */
  held: string
  /** Characters that a private key may still have. */
  keyLeft: number
  /** The region that `held` is of. */
  last: LineRegion | undefined
}

export class Redactor {
  #count = 0
  readonly #known: readonly string[]
  readonly #open = new Map<Stream, Open>()

  /** @param known - Values that are hidden wherever they stand; those under 6 characters are not. */
  constructor(known: readonly string[]) {
    this.#known = known
      .filter((value) => value.length >= KNOWN_LENGTH_MIN)
      .map((value) => Buffer.from(value).toString('latin1'))
  }

  /** True while a line of the stream is under way, or a private key. */
  isOpen(stream: Stream): boolean {
    const open = this.#open.get(stream)
    return open !== undefined && (open.held !== '' || open.keyLeft > 0)
  }

  /** The region without secrets; that of an unfinished line may be empty. */
  region(region: LineRegion): LineRegion {
    const open = this.#of(region.stream)
    const { bytes, start, end, part } = region
    // One character a byte: what is not hidden stays as it is, UTF-8 or not.
    const text =
      open.held +
      Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
    const keys = findKeys(text, open.keyLeft)
    const secrets = findSecrets(text, this.#known, keys)
    const isUnfinished = part === 'first' || part === 'middle'
    const until = isUnfinished ? splitPoint(text, secrets) : text.length
    const key = keys.find((one) => one.start <= until && until <= one.end)
    open.held = text.slice(until)
    open.keyLeft = key === undefined ? 0 : key.limit - until
    open.last = isUnfinished ? region : undefined
    const redacted = Buffer.from(this.#hide(text, secrets, until), 'latin1')
    return { ...region, bytes: redacted, start: 0, end: redacted.length }
  }

  /** What is held back of lines that nobody finishes any more. */
  *rest(): Generator<LineRegion> {
    for (const { held, last } of this.#open.values()) {
      if (held !== '' && last)
        yield this.region({ ...last, bytes: NO_BYTES, start: 0, end: 0, part: 'last' })
    }
  }

  /** A record's text without secrets. */
  bytes(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const secrets = findSecrets(text, this.#known, findKeys(text, 0))
    if (secrets.length === 0) return bytes
    return Buffer.from(this.#hide(text, secrets, text.length), 'latin1')
  }

  /** Fields without secrets, and without the values of names that say that they are. */
  fields(fields: Fields): Fields {
    const hide = (name: string, value: unknown): unknown => {
      const isPlain = typeof value === 'string' || typeof value === 'number'
      if (isPlain && isSecretName(name)) {
        this.#count++
        return MARK
      }
      return typeof value === 'string'
        ? Buffer.from(this.bytes(Buffer.from(value))).toString()
        : value
    }
    return JSON.parse(JSON.stringify(fields, hide)) as Fields
  }

  /** Secrets that were hidden since the last call. */
  takeCount(): number {
    const count = this.#count
    this.#count = 0
    return count
  }

  #of(stream: Stream): Open {
    let open = this.#open.get(stream)
    if (!open) this.#open.set(stream, (open = { held: '', keyLeft: 0, last: undefined }))
    return open
  }

  #hide(text: string, secrets: readonly Span[], until: number): string {
    let told = ''
    let at = 0
    for (const { start, end } of secrets) {
      if (start >= until) break
      told += text.slice(at, start) + MARK
      at = end
      this.#count++
    }
    return told + text.slice(at, until)
  }
}

// As late as no secret can begin before it and end behind what is there; between two characters.
function splitPoint(text: string, secrets: readonly Span[]): number {
  let at = Math.max(0, text.length - SECRET_LENGTH_MAX)
  const cut = secrets.find(({ start, end }) => start < at && at < end)
  if (cut) at = cut.start
  while (at > 0 && (text.charCodeAt(at) & 0xc0) === 0x80) at--
  return at
}
