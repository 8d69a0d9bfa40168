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
export { type AwsEvent, type AwsEventStreamParser, createAwsEventStreamParser } from './bodies/aws-event-stream.ts'
export { type BodyCollector, createBodyCollector } from './bodies/body-collector.ts'
export { createEventStreamParser, type EventStreamParser } from './bodies/event-stream.ts'
export { createJsonArrayParser, type JsonArrayParser } from './bodies/json-array.ts'
export { BLANKS, createJsonMembers, type JsonMembers } from './bodies/json-members.ts'
export { createJsonOutline, createLinesOutline } from './bodies/json-outline.ts'
export { createNdjsonParser, type NdjsonParser } from './bodies/ndjson.ts'
export type { Exchange, ExchangeListener, IncomingRequest, Outcome, ResponseHead } from './exchange.ts'
export { guarded, onFault } from './guard.ts'
export { ignoreServer, observe } from './observe.ts'
export type { ConnectionListener, WireObserver } from './observer.ts'
export type { Pipe, PipeListener } from './pipe.ts'
