import type { Attributes, AttributeValue } from '@opentelemetry/api'

export type FrozenAttributes = Readonly<Attributes>

export const NO_ATTRIBUTES: FrozenAttributes = Object.freeze({})

/** The attributes that the specification gives to the series of records past the cardinality limit. */
export const OVERFLOW_ATTRIBUTES: FrozenAttributes = Object.freeze({ 'otel.metric.overflow': true })

/** The seed differs from process to process, so that a client that chooses values cannot choose values that collide. */
const SEED = Math.trunc(Math.random() * 2 ** 32)

/**
 * Returns a 32-bit hash that does not depend on the order of the keys. Values that are not attribute values (an object,
 * a function, a bigint, a symbol) are left out.
 *
 * @throws what a getter of the caller's object throws
 */
export function hashAttributes(attributes: Attributes): number {
  let hash = 0
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    // The sum does not depend on the order. A value's hash starts from its name's, so that swapped values differ.
    if (isAttributeValue(value)) hash = (hash + spread(hashValue(hashText(SEED, name), value))) | 0
  }
  return hash
}

/** Hashes the UTF-16 code units by FNV-1a. */
function hashText(seed: number, text: string): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

function hashValue(seed: number, value: unknown): number {
  if (typeof value === 'string') return hashText(seed, value)
  if (!Array.isArray(value)) return hashText(~seed, String(value ?? null))
  let hash = Math.imul(seed, 31) + value.length
  for (const item of value) hash = hashValue(Math.imul(hash, 31), item)
  return hash
}

/** Mixes the bits of a hash, so that each affects all others: the finalizer of MurmurHash3. */
function spread(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return half ^ (half >>> 13)
}

/** Returns whether both have the same attributes in any order, without values that are not attribute values. */
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
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]))
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
 * Returns a frozen copy of the attributes, in the caller's order of keys, which the caller's later changes do not
 * reach. An object that can never change is returned itself.
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

/** Returns whether the object can never change: it is frozen, and all of its values are primitives, not getters. */
export function isImmutable(attributes: Attributes): boolean {
  if (!Object.isFrozen(attributes)) return false
  for (const name of Object.keys(attributes)) {
    const property = Object.getOwnPropertyDescriptor(attributes, name)
    if (property === undefined || !('value' in property) || !isPrimitive(property.value)) return false
  }
  return true
}
