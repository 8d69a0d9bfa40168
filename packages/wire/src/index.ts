/**
 * Passive observation of what a Node.js process says and hears: over HTTP, through Node's own diagnostics channels, and
 * on its stdin and stdout and those of its children.
 *
 * Knows no OpenTelemetry, no MCP and no LLM. Nothing that the app holds is wrapped, nothing it sees changes, and no
 * exception of an observer reaches it.
 *
 * @module
 * @example
 * const stop = observe({
 *   serverExchange: ({ method, target }) => ({
 *     end: (outcome) => console.error(method, target, outcome),
 *   }),
 * })
 */
export { type AwsEvent, type AwsEventStreamParser, createAwsEventStreamParser } from './aws-event-stream.ts'
export { type BodyCollector, createBodyCollector } from './body-collector.ts'
export { createEventStreamParser, type EventStreamParser } from './event-stream.ts'
export type {
  ConnectionListener,
  Exchange,
  ExchangeListener,
  Incoming,
  Outcome,
  Pipe,
  PipeListener,
  ResponseHead,
  WireObserver,
} from './exchange.ts'
export { guarded, onFault } from './guard.ts'
export { createJsonArrayParser, type JsonArrayParser } from './json-array.ts'
export {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  endOfString,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-text.ts'
export { createNdjsonParser, type NdjsonParser } from './ndjson.ts'
export { ignoreServer, observe } from './observe.ts'
