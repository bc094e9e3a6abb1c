// The reading half of server-sent events: text in any pieces becomes events.

/** One event as it was sent. */
export interface ServerEvent {
  /** The last id seen: what to resume from. */
  readonly id: string
  /** `message` unless the server named it. */
  readonly event: string
  readonly data: string
}

/** Characters of one event; a longer one is a broken server. */
const EVENT_CHARACTERS_MAX = 33_554_432

/** Collects pieces of text and gives the events that they complete. */
export class SseParser {
  #rest = ''
  #id = ''
  #event = ''
  #data: string[] = []
  #characters = 0

  /** The last id, also one that came without an event; empty if there was none. */
  get id(): string {
    return this.#id
  }

  /**
   * Takes the next piece.
   *
   * @throws {RangeError} If an event is longer than 32 Mi characters.
   */
  push(piece: string): ServerEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    const events: ServerEvent[] = []
    for (const line of lines) {
      const event = this.#line(line)
      if (event !== undefined) events.push(event)
    }
    if (this.#characters + this.#rest.length > EVENT_CHARACTERS_MAX) {
      throw new RangeError(
        `Expected events of at most ${EVENT_CHARACTERS_MAX} characters, got more`,
      )
    }
    return events
  }

  #line(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') {
      this.#data.push(value)
      this.#characters += value.length
    } else if (field === 'event') {
      this.#event = value
    } else if (field === 'id') {
      this.#id = value
    }
    return undefined
  }

  /** An empty line ends an event; without data there is none. */
  #dispatch(): ServerEvent | undefined {
    const data = this.#data
    const event = { id: this.#id, event: this.#event || 'message', data: data.join('\n') }
    this.#data = []
    this.#event = ''
    this.#characters = 0
    return data.length === 0 ? undefined : event
  }
}
