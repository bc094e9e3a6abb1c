// Which page is shown, and with what: `#/logs?source=web&at=1204`. The hash is the whole state that a
// link carries; it never reaches a server.

export interface Place {
  readonly page: string
  readonly params: URLSearchParams
}

/** The place that an address names; the first page when it names none. */
function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  return { page: path === '' ? 'logs' : path, params: new URLSearchParams(query) }
}

/** The hash of a place. */
export function hashOf({ page, params }: Place): string {
  const query = params.toString()
  return `#/${page}${query === '' ? '' : `?${query}`}`
}

/** Goes to a place, as a step that "back" returns from. */
export function goTo(place: Place): void {
  location.hash = hashOf(place)
}

/** The address that was followed or written last: another one is about to be followed. */
let followed: string | undefined

/** The place to show now. */
export function followPlace(): Place {
  followed = location.hash
  return placeOf(followed)
}

/**
 * Writes where we are without a step: positions change all the time. No event comes of it, and nothing is
 * written over an address that is still to be followed.
 */
export function notePlace(place: Place): void {
  if (location.hash !== followed || location.hash === hashOf(place)) return
  history.replaceState(null, '', hashOf(place))
  followed = location.hash
}
