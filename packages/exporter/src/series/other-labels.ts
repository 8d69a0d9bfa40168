import type { DataPoint } from '@opentelemetry/sdk-metrics'
import { labelText } from '../text/labels.ts'

type Attributes = DataPoint<unknown>['attributes']

/**
 * Labels that the exposition writes by itself. An attribute that would become one of them gets the prefix that
 * Prometheus gives to such a label of a scrape.
 */
const RESERVED: ReadonlySet<string> = new Set(['gateway', 'process', 'le', 'quantile'])

const textByAttributes = new WeakMap<Attributes, string>()

/**
 * Returns the attributes of a series as the formats write labels. Two sets of attributes that are one series to
 * Prometheus have one text: OpenTelemetry tells apart values that have one text (lone surrogates, a number and the same
 * number as a string), an empty value from none, and keys that become one label's name.
 */
export function otherLabelsText(attributes: Attributes): string {
  const known = textByAttributes.get(attributes)
  if (known !== undefined) return known
  const labels = Object.entries(labelsOf(attributes)).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = labels.map(([name, value]) => labelText(name, value)).join(',')
  // The object is the provider's own, which changes it no more.
  textByAttributes.set(attributes, text)
  return text
}

/**
 * Turns attributes into labels, following "Prometheus and OpenMetrics Compatibility" of OpenTelemetry's specification:
 * where several keys become one name, their values are joined by semicolons, in the order of the keys.
 */
function labelsOf(attributes: Attributes): Record<string, string> {
  const labels: Record<string, string> = Object.create(null)
  for (const key of Object.keys(attributes).sort()) {
    const value = attributes[key]
    const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()
    // An empty value is the same as no label to Prometheus.
    if (text === '') continue
    const name = labelName(key)
    labels[name] = name in labels ? `${labels[name]};${text}` : text
  }
  return labels
}

function labelName(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_')
  if (RESERVED.has(name)) return `exported_${name}`
  return /^[a-zA-Z_]/.test(name) ? name : `_${name}`
}
