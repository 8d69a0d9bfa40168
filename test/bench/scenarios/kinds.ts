/** The kinds of instruments of a metrics library, with their titles in the tables. */
export const KINDS = { counter: 'Counter', updown: 'Up-down counter', gauge: 'Gauge', histogram: 'Histogram' } as const

export type Kind = keyof typeof KINDS

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[]
