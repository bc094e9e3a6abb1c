/** Characters of a bad value that an error repeats: an answer must not be as large as its request. */
const GOT_CHARACTERS_MAX = 100

/** Cuts what an error says it got. */
export function shorten(got: string): string {
  return got.length > GOT_CHARACTERS_MAX ? `${got.slice(0, GOT_CHARACTERS_MAX)}…` : got
}
