import { EventEmitter } from 'node:events'

const NODE_CLASSES = [EventEmitter, Response, ReadableStream]

/** The depth to which objects are described. */
const MAX_DEPTH = 8

/** Own properties that differ from run to run, or are internals of Node.js. */
const VOLATILE = ['stack', 'socket', 'signal']

/**
 * Returns a function that describes all an app can see of a value, as JSON: classes, own properties (enumerable or not),
 * errors with their causes, responses with their headers. Values of the properties named in `volatile` are left out.
 */
export function createDescribe(volatile = []) {
  const hidden = new Set([...VOLATILE, ...volatile])

  function describe(value, depth = 0) {
    if (value === undefined) return '[undefined]'
    if (typeof value === 'bigint' || typeof value === 'symbol') return `[${typeof value} ${String(value)}]`
    if (typeof value === 'function') return `[function ${value.name}]`
    if (typeof value !== 'object' || value === null) return value
    if (depth > MAX_DEPTH) return `[${classOf(value)}]`
    if (Array.isArray(value)) return value.map((item) => describe(item, depth + 1))
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString() }
    if (value instanceof Date) return { date: hidden.has('timestamp') || value.toISOString() }
    if (value instanceof Headers || value instanceof Map) {
      return { [classOf(value)]: [...value].map((entry) => describe(entry, depth + 1)) }
    }
    // Of objects of Node's classes only the names of the properties: the values change while the app runs.
    if (NODE_CLASSES.some((nodeClass) => value instanceof nodeClass)) {
      return { class: classesOf(value), ...ofClass(value, depth), own: Reflect.ownKeys(value).map(String) }
    }
    const own = Object.fromEntries(
      Reflect.ownKeys(value).map((key) => [
        String(key),
        hidden.has(key) ? `[${typeof value[key]}]` : describe(read(value, key), depth + 1),
      ]),
    )
    const name = classOf(value)
    return name === 'Object' ? own : { class: classesOf(value), ...ofClass(value, depth), ...own }
  }

  /** The values of getters of the prototype. */
  function ofClass(value, depth) {
    if (value instanceof Response) {
      const { status, statusText, headers, type, url, redirected, bodyUsed, body } = value
      const isLocked = body?.locked
      return { status, statusText, headers: describe(headers, depth + 1), type, url, redirected, bodyUsed, isLocked }
    }
    if (value instanceof ReadableStream) return { locked: value.locked }
    if (value instanceof Error) return { name: value.name, message: value.message }
    return {}
  }

  return describe
}

function read(object, key) {
  try {
    return object[key]
  } catch (error) {
    return `[throws ${error.message}]`
  }
}

const classOf = (value) => value.constructor?.name ?? 'Object'

function classesOf(value) {
  const names = []
  for (let proto = Object.getPrototypeOf(value); proto !== null && proto !== Object.prototype; ) {
    names.push(proto.constructor?.name)
    proto = Object.getPrototypeOf(proto)
  }
  return names.join(' < ')
}
