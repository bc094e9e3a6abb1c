// Times of entries in the forms that people read. Neighbouring entries share their second, so the last
// one is remembered.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Length of `2026-11-21T10:02:11`: the part of a stamp that one second shares. */
const SECOND_LENGTH = 19

/** Local time of an RFC 3339 stamp in UTC: `Nov 21 11:02:11`. */
export const shortStamp: (ts: string) => string = bySecond(
  (date) => `${MONTHS[date.getMonth()]} ${two(date.getDate())} ${clock(date)}`,
)

/** Local time of day: `11:02:11`. */
export const timeStamp: (ts: string) => string = bySecond(clock)

/** Local time with microseconds and zone: `2026-11-21T11:02:11.123456+01:00`. */
export function isoStamp(ts: string): string {
  return isoSecond(ts) + ts.slice(SECOND_LENGTH, -1) + zone(ts)
}

const isoSecond = bySecond(
  (date) =>
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${clock(date)}`,
)

const zone = bySecond((date) => {
  const minutes = -date.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
})

function bySecond(format: (date: Date) => string): (ts: string) => string {
  let second = ''
  let formatted = ''
  return (ts) => {
    const wanted = ts.slice(0, SECOND_LENGTH)
    if (wanted === second) return formatted
    second = wanted
    formatted = format(new Date(`${wanted}Z`))
    return formatted
  }
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
