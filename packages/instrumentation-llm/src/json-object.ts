/** A JSON object from the wire. Any member may be missing or of any type. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Returns whether a value has members to read. An array passes as well, which does no harm: it lacks them all. */
export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null

/** Reads a member of a value that may not be an object. */
export const member = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined)

/** Returns whether a value is a count of tokens. A negative or fractional one would spoil a counter for good. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
