import type { Attributes, AttributeValue } from '@opentelemetry/api'

export type FrozenAttributes = Readonly<Attributes>

export const NO_ATTRIBUTES: FrozenAttributes = Object.freeze({})

/** What the specification calls the series of records past the cardinality limit. */
export const OVERFLOW_ATTRIBUTES: FrozenAttributes = Object.freeze({ 'otel.metric.overflow': true })

/** Another one in each process, so that nobody who chooses values can choose which of them collide. */
const SEED = Math.trunc(Math.random() * 2 ** 32)

/**
 * A 32-bit number that equal attributes share, whatever the order of their keys, and that others rarely do. What is no
 * attribute value (an object, a function, a bigint, a symbol) is left out. May throw what a getter of the caller throws.
 */
export function hashAttributes(attributes: Attributes): number {
  let hash = 0
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    // Added up, since the order does not matter; a value's hash goes on from its name's, so none can be swapped.
    if (isAttributeValue(value)) hash = (hash + spread(hashValue(hashText(SEED, name), value))) | 0
  }
  return hash
}

/** FNV-1a over UTF-16 code units. */
function hashText(seed: number, text: string): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

function hashValue(seed: number, value: unknown): number {
  if (typeof value === 'string') return hashText(seed, value)
  if (!Array.isArray(value)) return hashText(~seed, String(value ?? null))
  let hash = Math.imul(seed, 31) + value.length
  for (const one of value) hash = hashValue(Math.imul(hash, 31), one)
  return hash
}

/** Lets every bit of a hash have a part in every other (the end of MurmurHash3). */
function spread(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return half ^ (half >>> 13)
}

/** Whether these are the same attributes, whatever their order, less what is no attribute value. */
export function hasAttributes(own: FrozenAttributes, attributes: Attributes): boolean {
  let count = 0
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    if (!isAttributeValue(value)) continue
    if (!Object.hasOwn(own, name) || !isSame(own[name], value)) return false
    count++
  }
  return count === Object.keys(own).length
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => isSame(one, b[i]))
  return a === b || (a ?? null) === (b ?? null) || (Number.isNaN(a) && Number.isNaN(b))
}

function isAttributeValue(value: unknown): boolean {
  return isPrimitive(value) || (Array.isArray(value) && value.every(isPrimitive))
}

function isPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return true
    default:
      return value === null
  }
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
    if (!isAttributeValue(value)) continue
    const own = Array.isArray(value) ? (Object.freeze([...value]) as AttributeValue) : value
    // A plain assignment of `__proto__` would set the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: own, enumerable: true })
    else copy[name] = own
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
