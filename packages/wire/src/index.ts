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
export { type AwsMessage, createAwsEventStreamParser } from './bodies/aws-event-stream.ts'
export { type BodyCollector, createBodyCollector } from './bodies/body-collector.ts'
export type { BodyParser } from './bodies/body-parser.ts'
export { createEventStreamParser } from './bodies/event-stream.ts'
export { createGrpcParser } from './bodies/grpc-messages.ts'
export { createJsonArrayParser } from './bodies/json-array.ts'
export { JsonBody } from './bodies/json-body.ts'
export { createJsonMembers, type JsonMembers } from './bodies/json-members.ts'
export { createJsonOutline, createLinesOutline, type JsonOutline } from './bodies/json-outline.ts'
export { BLANKS } from './bodies/json-text.ts'
export { createNdjsonParser } from './bodies/ndjson.ts'
export type {
  Exchange,
  ExchangeListener,
  IncomingRequest,
  Outcome,
  ResponseHead,
  WebSocketListener,
} from './exchange.ts'
export { guarded, onFault } from './guard.ts'
export { ignoreServer } from './ignored-servers.ts'
export { observe } from './observe.ts'
export type { ConnectionListener, WireObserver } from './observer.ts'
export type { Pipe, PipeListener } from './pipe.ts'
export { PrivateSlot } from './private-slot.ts'
export type { OutputListener, StartedChild } from './started-child.ts'
