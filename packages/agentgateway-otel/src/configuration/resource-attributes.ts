import { quote } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/** The longest key and the longest value that OpenTelemetry's SDK for JavaScript accepts, in characters. */
export const MAX_ATTRIBUTE_LENGTH = 255

/**
 * Parses resource attributes, a list `key=value,key=value` with percent-encoding. As OpenTelemetry's specification has
 * it, one that is not valid discards them all.
 */
export function parseResourceAttributes(text: string): Parsed<Readonly<Record<string, string>>> {
  const attributes: Record<string, string> = Object.create(null)
  for (const item of itemsOf(text)) {
    const attribute = parseAttribute(item)
    if (attribute === undefined) {
      const problem = `has ${quote(item)}, which is not key=value, so all of it is ignored; write "," and "=" in keys and values as %2C and %3D`
      return { value: Object.create(null), problems: [problem] }
    }
    const [key, value] = attribute
    attributes[key] = value
  }
  return { value: attributes }
}

function parseAttribute(item: string): [key: string, value: string] | undefined {
  const parts = item.split('=').map((part) => part.trim())
  try {
    const [key = '', value = ''] = parts.map(decodeURIComponent)
    const isValid = parts.length === 2 && key !== '' && Math.max(key.length, value.length) <= MAX_ATTRIBUTE_LENGTH
    return isValid ? [key, value] : undefined
  } catch {
    return undefined
  }
}
