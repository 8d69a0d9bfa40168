import type { Attributes } from '@opentelemetry/api'
import { type ClosedLabel, LABEL_SETS, type LabelBound, type LabelSetName, OTHER } from './label-sets.ts'
import { MAX_LABEL_SET_SERIES } from './limits.ts'

type Strings<T extends readonly unknown[]> = { readonly [I in keyof T]: string }

/** The series of one label set in this process. */
export interface LabelSet<N extends LabelSetName> {
  /**
   * Returns the attributes with these values, given in the table's order. Values out of bounds become `_OTHER`; a lone
   * surrogate becomes U+FFFD.
   *
   * The attributes are interned: equal values get the same frozen object. So no object is made per request, instruments
   * may know a series by the object's identity, and an SDK that keeps attributes by reference never sees them change.
   */
  of(...values: Strings<(typeof LABEL_SETS)[N]>): Readonly<Attributes>
}

/**
 * A level of the trie that leads from the values, one after the other, to the attributes; the last level holds those.
 */
type Level = Map<string, Level | Readonly<Attributes>>

/**
 * Creates the label set of this name, without series yet.
 *
 * @param maxSeries how many series are kept by their own values. A further one has `_OTHER` for every open label, so
 *   the closed labels bound how many are added on top. An SDK's own limit does not hold for a Prometheus reader.
 */
export function createLabelSet<N extends LabelSetName>(name: N, maxSeries = MAX_LABEL_SET_SERIES): LabelSet<N> {
  const labels: readonly (readonly [name: string, bound: LabelBound])[] = LABEL_SETS[name]
  const limiters = labels.map(([, bound]) => createLimiter(bound))
  const root: Level = new Map()
  let seriesCount = 0
  /** What was found last. Much of a process's traffic is in one series for a while, which takes no lookup then. */
  let lastValues: readonly string[] = []
  let lastAttributes: Readonly<Attributes> | undefined

  function find(values: readonly string[]): Readonly<Attributes> | undefined {
    let node: Level | Readonly<Attributes> | undefined = root
    for (let i = 0; i < values.length && node !== undefined; i++) node = (node as Level).get(values[i] as string)
    return node as Readonly<Attributes> | undefined
  }

  function insert(values: readonly string[]): Readonly<Attributes> {
    let level = root
    for (const value of values.slice(0, -1)) {
      const next = (level.get(value) as Level | undefined) ?? new Map()
      level.set(value, next)
      level = next
    }
    const entries = labels.flatMap(([label, { isOptional }], i) => {
      const value = values[i] as string
      return isOptional && value === '' ? [] : [[label, value] as const]
    })
    const attributes = Object.freeze(Object.fromEntries(entries))
    level.set(values.at(-1) as string, attributes)
    seriesCount++
    return attributes
  }

  function findBounded(values: readonly string[]): Readonly<Attributes> {
    const bounded = values.map((value, i) => limiters[i]?.(value) ?? OTHER)
    const known = find(bounded)
    if (known !== undefined) return known
    if (seriesCount < maxSeries) return insert(bounded)
    const overflowed = bounded.map((value, i) => (isClosed(labels[i]?.[1]) ? value : OTHER))
    return find(overflowed) ?? insert(overflowed)
  }

  function of(...values: readonly string[]): Readonly<Attributes> {
    if (lastAttributes !== undefined && areEqual(values, lastValues)) return lastAttributes
    lastAttributes = find(values) ?? findBounded(values)
    lastValues = values
    return lastAttributes
  }

  return { of }
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const isClosed = (bound: LabelBound | undefined): bound is ClosedLabel => bound !== undefined && 'values' in bound

/**
 * Creates a function that returns the value, or `_OTHER` when it is out of bounds. An open label's counts the values it
 * kept.
 */
function createLimiter(bound: LabelBound): (value: string) => string {
  if (isClosed(bound)) {
    const values: ReadonlySet<string> = new Set(bound.isOptional ? ['', ...bound.values] : bound.values)
    return (value) => (values.has(value) ? value : OTHER)
  }
  const values = new Set<string>([OTHER])
  return (raw) => {
    if (values.has(raw)) return raw
    if (raw.length > bound.maxLength) return OTHER
    // JSON may contain half a surrogate pair, `"\ud800"`. UTF-8 cannot: all such values are written as the same U+FFFD,
    // so series that differ in memory would be one series twice in a scrape.
    const value = raw.toWellFormed()
    if (values.has(value)) return value
    if (values.size > bound.maxValues) return OTHER
    values.add(value)
    return value
  }
}
