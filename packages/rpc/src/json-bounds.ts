// How deeply JSON text is nested and how much its objects and arrays hold, found in its bytes as they come and
// before it is parsed: a parser would first build millions of objects, and nobody else is answered meanwhile.
// What is too much is known after its first kilobytes, so the rest need not even be read.

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

export interface JsonBounds {
  /** Levels of arrays and objects. */
  readonly depthMax: number
  /** Keys of one object. */
  readonly keysMax: number
  /** Elements of one array. */
  readonly elementsMax: number
  /** Elements of the outermost array, if that is a batch of calls. */
  readonly callsMax?: number
}

/** What is too much. */
export interface Excess {
  readonly kind: 'depth' | 'keys' | 'elements' | 'calls'
  /** What would have been enough, in words. */
  readonly enough: string
  /** Bytes of the text up to and with the bracket that opens what is too much... */
  readonly headBytes: number
  /** ...and the brackets that make whole JSON of them. */
  readonly headEnd: string
}

/** Calls in one batch: each may be slow, and they run one after another. */
export const BATCH_CALLS_MAX = 100
/** Levels of arrays and objects in a request, the request itself included. */
export const DEPTH_MAX = 64
/** Keys of one object in a request: objects of millions of keys take seconds to make. */
export const KEYS_MAX = 10_000
/** Elements of one array in a request: as many as any method takes, and made in a few milliseconds. */
export const ELEMENTS_MAX = 10_000

/** What a body in JSON may have. */
export const BODY_BOUNDS: JsonBounds = {
  depthMax: DEPTH_MAX,
  keysMax: KEYS_MAX,
  elementsMax: ELEMENTS_MAX,
}

/** What a request or a batch of them may have. */
export const REQUEST_BOUNDS: JsonBounds = { ...BODY_BOUNDS, callsMax: BATCH_CALLS_MAX }

/** Looks at one text, which may come in pieces and need not be valid. */
export class BoundsCheck {
  readonly #bounds: JsonBounds
  /** By level: keys of an object, or commas of an array. */
  readonly #counts: number[] = [0]
  readonly #isArray: boolean[] = [false]
  /** By level: where its bracket is in the text. */
  readonly #openedAt: number[] = [0]
  #depth = 0
  #isInString = false
  #isEscaped = false
  /** Of the pieces before this one. */
  #bytesBefore = 0

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds
  }

  /** What is too much in all pieces so far; after that there is no going on. */
  push(bytes: Uint8Array): Excess | undefined {
    let excess: Excess | undefined
    for (
      let at = this.#isInString ? this.#endOfString(bytes, 0) + 1 : 0;
      at < bytes.length;
      at += 1
    ) {
      const byte = bytes[at] as number
      if (byte === QUOTE) {
        at = this.#endOfString(bytes, at + 1)
      } else if (byte === COMMA || byte === COLON) {
        excess = this.#count(byte)
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        excess = this.#open(byte === OPEN_BRACKET, at)
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.#depth > 0) this.#depth -= 1
      }
      if (excess !== undefined) return excess
    }
    this.#bytesBefore += bytes.length
    return undefined
  }

  /** The position of the quote that ends the string, or the end of the piece. */
  #endOfString(bytes: Uint8Array, from: number): number {
    let at = this.#isEscaped ? from + 1 : from
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at]
      if (byte === QUOTE) {
        this.#isInString = false
        this.#isEscaped = false
        return at
      }
      if (byte === BACKSLASH) at += 1
    }
    this.#isInString = true
    // What comes after a backslash at the end is in the next piece.
    this.#isEscaped = at > bytes.length
    return bytes.length
  }

  #open(isArray: boolean, at: number): Excess | undefined {
    const { depthMax } = this.#bounds
    if (this.#depth === depthMax) return this.#excess('depth', `${depthMax} nested levels`)
    this.#depth += 1
    this.#counts[this.#depth] = 0
    this.#isArray[this.#depth] = isArray
    this.#openedAt[this.#depth] = this.#bytesBefore + at
    return undefined
  }

  #count(byte: number): Excess | undefined {
    const isArray = this.#isArray[this.#depth] as boolean
    if (isArray !== (byte === COMMA)) return undefined
    const count = (this.#counts[this.#depth] as number) + 1
    this.#counts[this.#depth] = count
    const { keysMax, elementsMax, callsMax } = this.#bounds
    if (!isArray) {
      return count > keysMax ? this.#excess('keys', `${keysMax} keys in an object`) : undefined
    }
    // Between two elements is one comma.
    if (callsMax !== undefined && this.#depth === 1 && count >= callsMax) {
      return this.#excess('calls', `${callsMax} calls in a batch`)
    }
    if (count < elementsMax) return undefined
    return this.#excess('elements', `${elementsMax} elements in an array`)
  }

  #excess(kind: Excess['kind'], what: string): Excess {
    let headEnd = ''
    for (let level = this.#depth; level > 0; level -= 1) {
      headEnd += this.#isArray[level] ? ']' : '}'
    }
    const headBytes = (this.#openedAt[this.#depth] as number) + 1
    return { kind, enough: `at most ${what}`, headBytes, headEnd }
  }
}
