import { isJsonObject, type JsonObject } from '../json-object.ts'

/** Returns the object that a line is the JSON of; undefined if it is no such line. */
export function parseLine(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
