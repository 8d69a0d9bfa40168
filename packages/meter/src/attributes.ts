import type { Attributes, AttributeValue } from '@opentelemetry/api'

export type FrozenAttributes = Readonly<Attributes>

export const NO_ATTRIBUTES: FrozenAttributes = Object.freeze({})

/** What the specification calls the series of records past the cardinality limit. */
export const OVERFLOW_ATTRIBUTES: FrozenAttributes = Object.freeze({ 'otel.metric.overflow': true })

/**
 * A string that equal attributes share, whatever the order of their keys, and no others. Every part carries its type
 * and its length, so no value can be taken for the beginning of the next. What is no attribute value (an object, a
 * function, a bigint, a symbol) is left out. May throw what a getter of the caller throws.
 */
export function seriesKey(attributes: Attributes): string {
  const names = Object.keys(attributes)
  if (names.length > 1) names.sort()
  let key = ''
  for (const name of names) {
    const part = valueKey(attributes[name])
    if (part !== undefined) key += `${name.length}:${name}${part}`
  }
  return key
}

function valueKey(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
      return `n${value};`
    case 'boolean':
      return value ? 't' : 'f'
    case 'undefined':
      return 'u'
    default:
      return value === null ? 'u' : Array.isArray(value) ? arrayKey(value) : undefined
  }
}

function arrayKey(values: readonly unknown[]): string | undefined {
  let key = `a${values.length}:`
  for (const value of values) {
    const part = Array.isArray(value) ? undefined : valueKey(value)
    if (part === undefined) return undefined
    key += part
  }
  return key
}

/**
 * The attributes as they are now, frozen, in the caller's order of keys: what the caller does to its object later
 * changes nothing. An object that can never change is taken as it is.
 */
export function freezeAttributes(attributes: Attributes): FrozenAttributes {
  if (isImmutable(attributes)) return attributes
  const copy: Attributes = {}
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    if (valueKey(value) === undefined) continue
    const own = Array.isArray(value) ? (Object.freeze([...value]) as AttributeValue) : value
    // A plain assignment of `__proto__` would set the prototype.
    Object.defineProperty(copy, name, { value: own, enumerable: true })
  }
  return Object.freeze(copy)
}

/** Whether the object identifies its attributes for good: frozen, and with nothing inside that can change. */
export function isImmutable(attributes: Attributes): boolean {
  if (!Object.isFrozen(attributes)) return false
  for (const name of Object.keys(attributes)) {
    const property = Object.getOwnPropertyDescriptor(attributes, name)
    if (property === undefined || !('value' in property) || !isPrimitive(property.value)) return false
  }
  return true
}

function isPrimitive(value: unknown): boolean {
  return valueKey(value) !== undefined && !Array.isArray(value)
}
