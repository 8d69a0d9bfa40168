/** Returns the body of an event stream. The data of events that are objects is JSON. */
export const sse = (...events: readonly (object | string)[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

/** Returns the body of an event stream whose events are named by their `type`. */
export const namedSse = (...events: readonly { type: string }[]): string =>
  events.map((event) => `event: ${event.type}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join('')

/** Returns messages as lines of JSON. */
export const ndjson = (...messages: readonly object[]): Uint8Array =>
  new TextEncoder().encode(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
