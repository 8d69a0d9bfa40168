/** Turns numbers into short texts for people. */

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const rough = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

const NOTHING = '–'

/** A count: 1,234 as it is, and more as 1.23M. */
export const count = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) < 1_000_000 ? plain : compact).format(value) : NOTHING

/** A rate or another number with three digits. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return NOTHING
  if (value !== 0 && Math.abs(value) < 0.01) return '<0.01'
  if (Math.abs(value) < 1) return rough.format(value)
  return (Math.abs(value) < 10_000 ? precise : compact).format(value)
}

export const percent = (share: number): string => {
  if (!Number.isFinite(share)) return NOTHING
  if (share === 0 || share === 1) return `${100 * share}%`
  return share < 0.001 ? '<0.1%' : `${rough.format(100 * share)}%`
}

/** A duration that was measured: 350 µs, 12.3 ms, 4.5 s, 2 min. */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return NOTHING
  if (value === 0) return '0 s'
  if (value < 0.001) return `${precise.format(value * 1e6)} µs`
  if (value < 1) return `${precise.format(value * 1000)} ms`
  return value < 120 ? `${precise.format(value)} s` : `${precise.format(value / 60)} min`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

export function bytes(value: number): string {
  if (!Number.isFinite(value)) return NOTHING
  const unit = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1)
  return `${precise.format(value / 1000 ** unit)} ${UNITS[unit]}`
}

/** How long something has been going on: 5 s, 12 min, 3 h 20 min, 4 d 2 h. */
export function age(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / 1000))
  if (total < 60) return `${total} s`
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

export const clock = (timeMs: number): string => time.format(timeMs)

/** The time of a day, and the day where it is not today. */
export const moment = (timeMs: number, nowMs: number): string =>
  day.format(timeMs) === day.format(nowMs) ? clock(timeMs) : `${day.format(timeMs)}, ${clock(timeMs)}`
