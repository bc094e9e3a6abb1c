// stdout as a sink of pieces: gathered to large chunks, written one at a time. Whoever fills it awaits
// `flush` when it is full, so that a slow reader of stdout slows the work down instead of filling memory.
import type { Writable } from 'node:stream'

/** Characters or bytes gathered before they are written. */
const CHUNK_SIZE = 65_536

export class Output {
  readonly #stream: Writable
  #text = ''
  #bytes: Uint8Array[] = []
  #size = 0
  #failure: Error | undefined

  constructor(stream: Writable = process.stdout) {
    this.#stream = stream
    // Without a listener a closed pipe would end the process before anybody could tell why.
    stream.on('error', (error) => {
      this.#failure ??= error
    })
  }

  /** True when it is time to await {@link flush}. */
  get isFull(): boolean {
    return this.#size >= CHUNK_SIZE
  }

  /** Why nothing can be written any more. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Takes a piece. Nothing is written before {@link flush}. */
  write(piece: string | Uint8Array): void {
    this.#size += piece.length
    if (typeof piece === 'string') {
      this.#text += piece
      return
    }
    this.#sealText()
    this.#bytes.push(piece)
  }

  /**
   * Resolves when everything taken so far has been handed to the system.
   *
   * @throws The stream's error, `EPIPE` when nobody reads any more.
   */
  async flush(): Promise<void> {
    this.#sealText()
    const chunk = this.#bytes.length === 1 ? this.#bytes[0] : Buffer.concat(this.#bytes)
    this.#bytes = []
    this.#size = 0
    if (this.#failure) throw this.#failure
    if (chunk === undefined || chunk.length === 0) return
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }

  #sealText(): void {
    if (this.#text === '') return
    this.#bytes.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

/** Writes a whole answer to stdout. */
export async function print(text: string): Promise<void> {
  const output = new Output()
  output.write(text)
  await output.flush()
}

/** Says something on stderr. It is talk: if nobody listens, that is no error. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
