import type { Attributes } from '@opentelemetry/api'
import { LABEL_SETS, type Label, type LabelSetName, OTHER } from './table.ts'

type Strings<T extends readonly unknown[]> = { readonly [I in keyof T]: string }

/** The series of one label set. */
export interface LabelSet<N extends LabelSetName> {
  /**
   * The attributes that have these values, given in the table's order. Equal values get the same frozen object, so
   * nothing is made per request, instruments may know a series by identity, and the SDK, which keeps attributes by
   * reference, never sees them change. Out-of-bounds values become `_OTHER`; a lone surrogate becomes U+FFFD.
   */
  of(...values: Strings<(typeof LABEL_SETS)[N]>): Readonly<Attributes>
}

/** A trie that leads from the values, one after the other, to the attributes: its last level holds them. */
type Level = Map<string, Level | Readonly<Attributes>>

/**
 * @param maxSeries how many series a process keeps. A series after that has `_OTHER` for every open label, so what may
 *   come on top is bounded by the closed ones. The SDK's own limit does not hold for a Prometheus reader.
 */
export function createLabelSet<N extends LabelSetName>(name: N, maxSeries = 2000): LabelSet<N> {
  const labels: readonly (readonly [string, Label])[] = LABEL_SETS[name]
  const bounds = labels.map(([, label]) => createBound(label))
  const root: Level = new Map()
  let series = 0

  function find(values: readonly string[]): Readonly<Attributes> | undefined {
    let found: Level | Readonly<Attributes> | undefined = root
    for (let i = 0; i < values.length && found !== undefined; i++) found = (found as Level).get(values[i] as string)
    return found as Readonly<Attributes> | undefined
  }

  function insert(values: readonly string[]): Readonly<Attributes> {
    let level = root
    for (const value of values.slice(0, -1)) {
      const next = (level.get(value) as Level | undefined) ?? new Map()
      level.set(value, next)
      level = next
    }
    const attributes = Object.freeze(Object.fromEntries(labels.map(([label], i) => [label, values[i] as string])))
    level.set(values.at(-1) as string, attributes)
    series++
    return attributes
  }

  function admit(values: readonly string[]): Readonly<Attributes> {
    const bounded = values.map((value, i) => bounds[i]?.(value) ?? OTHER)
    const known = find(bounded)
    if (known !== undefined) return known
    if (series < maxSeries) return insert(bounded)
    const overflowed = bounded.map((value, i) => (isClosed(labels[i]?.[1]) ? value : OTHER))
    return find(overflowed) ?? insert(overflowed)
  }

  return { of: (...values: readonly string[]) => find(values) ?? admit(values) }
}

const isClosed = (label: Label | undefined) => label !== undefined && 'values' in label

function createBound(label: Label): (value: string) => string {
  if ('values' in label) {
    const values = new Set(label.values)
    return (value) => (values.has(value) ? value : OTHER)
  }
  const values = new Set<string>([OTHER])
  return (raw) => {
    if (values.has(raw)) return raw
    if (raw.length > label.maxLength) return OTHER
    // JSON may have half a surrogate pair, `"\ud800"`. UTF-8 has none: written out, all such values are the same U+FFFD,
    // and series that differ in memory would be one series twice in a scrape.
    const value = raw.toWellFormed()
    if (values.has(value)) return value
    if (values.size > label.maxValues) return OTHER
    values.add(value)
    return value
  }
}
