/**
 * Passive observation of what a Node.js process sends and receives: HTTP exchanges and connections, through Node's own
 * diagnostics channels and taps on Node's own methods, and stdin and stdout, of the process and of its children.
 *
 * It depends on neither OpenTelemetry nor MCP nor LLM providers. No request, response or stream of the app's is wrapped,
 * what they do for the app does not change, and no exception of an observer reaches it.
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
