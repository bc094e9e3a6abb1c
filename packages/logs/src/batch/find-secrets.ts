// Finds what looks like a secret in text: passwords and tokens by the name before them, tokens by their
// shape, passwords in URLs, private keys. Every pattern begins with a literal and every repetition in it has
// a bound: the time is linear in the text.

/** A part of a text, from `start` to before `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A secret is looked for up to this length; unfinished lines are held back by as much. */
export const SECRET_LENGTH_MAX = 4_096
/** A private key is hidden up to its end, and no further than this. */
const KEY_LENGTH_MAX = 16_384

/** Words in names of what is secret. */
const NAME =
  'passw(?:or)?d|passphrase|passwd|pwd|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key'
// A quoted value as a whole, or what goes on to the next blank, quote or separator.
const VALUE = String.raw`\\?(?:"(?<double>(?:[^"\\\n]|\\[^\n]){1,4096})"|'(?<single>[^'\n]{1,4096})'|["']?(?<plain>[^\s"'\\,;&|)}\]]{1,4096}))`
const TOKENS = [
  'gh[oprsu]_[A-Za-z0-9]{20,255}',
  'github_pat_[A-Za-z0-9_]{20,255}',
  'glpat-[A-Za-z0-9_-]{16,255}',
  'xox[abeprs]-[A-Za-z0-9-]{10,255}',
  'sk-[A-Za-z0-9_-]{20,255}',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'AIza[A-Za-z0-9_-]{35}',
  'npm_[A-Za-z0-9]{36}',
  'hf_[A-Za-z0-9]{20,255}',
  String.raw`SG\.[A-Za-z0-9_-]{16,255}\.[A-Za-z0-9_-]{16,255}`,
  String.raw`eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,2048}(?:\.[A-Za-z0-9_-]{0,1024})?`,
]

/** Each names the secret in what it matches; the `d` flag says where that is. */
const PATTERNS = [
  new RegExp(
    String.raw`(?:${NAME})[a-z0-9_.-]{0,32}\\?["']?[ \t]{0,4}(?:=|:(?!//))[ \t]{0,4}${VALUE}`,
    'dgi',
  ),
  // The value of a flag: --password hunter2.
  new RegExp(
    String.raw`--?(?:[a-z]{1,16}-){0,3}(?:${NAME})[ \t]{1,4}(?<plain>[^\s"'-][^\s"']{0,4095})`,
    'dgi',
  ),
  /authorization\\?["']?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?(?:[a-z]{1,16}[ \t]{1,4})?(?<plain>[^\s"'\\,;]{1,4096})/dgi,
  /(?:set-)?cookie\\?["']?[ \t]{0,4}:[ \t]{0,4}\\?["']?(?<plain>[^\n"'\\]{1,4096})/dgi,
  /bearer[ \t]{1,4}(?<plain>[a-z0-9._~+/=-]{8,4096})/dgi,
  /:\/\/[^\s/?#@:"']{0,255}:(?<plain>[^\s/?#"']{1,1024})@/dgi,
  new RegExp(`(?<![A-Za-z0-9])(?<plain>${TOKENS.join('|')})`, 'dg'),
]
const SECRET_NAME = new RegExp(`(?:${NAME})|^authorization$|cookie`, 'i')
const KEY_BEGIN = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/g
const KEY_END = '-----END'

/** True if what goes by this name is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/**
 * The secrets in a text, in order and apart from each other.
 *
 * @param known - Values that are known to be secret.
 * @param keys - Where private keys lie; see {@link findKeys}.
 */
export function findSecrets(
  text: string,
  known: readonly string[],
  keys: readonly KeySpan[],
): Span[] {
  const spans: Span[] = []
  for (const pattern of PATTERNS) {
    for (const { indices } of text.matchAll(pattern)) {
      const { double, single, plain } = indices!.groups!
      const [start, end] = double ?? single ?? plain!
      spans.push({ start, end })
    }
  }
  for (const value of known) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      spans.push({ start: at, end: at + value.length })
    }
  }
  for (const { start, end } of keys) {
    // Line by line: every line stays one.
    for (const { 0: line, index } of text.slice(start, end).matchAll(/[^\r\n]+/g)) {
      spans.push({ start: start + index, end: start + index + line.length })
    }
  }
  return merged(spans)
}

/** The inside of a private key; `limit` is where it ends at the latest, perhaps behind the text. */
export interface KeySpan extends Span {
  readonly limit: number
}

/** Finds private keys; of one that was open before this text there are up to `left` characters more. */
export function findKeys(text: string, left: number): KeySpan[] {
  const keys: KeySpan[] = []
  let start = 0
  let limit = left
  for (;;) {
    if (limit <= start) {
      KEY_BEGIN.lastIndex = start
      if (KEY_BEGIN.exec(text) === null) return keys
      start = KEY_BEGIN.lastIndex
      limit = start + KEY_LENGTH_MAX
    }
    const marked = text.indexOf(KEY_END, start)
    const isOpen = marked < 0 || marked > limit
    const end = isOpen ? Math.min(limit, text.length) : marked
    keys.push({ start, end, limit: isOpen ? limit : end })
    if (end === text.length) return keys
    start = end
    limit = 0
  }
}

function merged(spans: Span[]): Span[] {
  const apart: Span[] = []
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1)
    if (last === undefined || span.start > last.end) apart.push(span)
    else apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
  }
  return apart
}
