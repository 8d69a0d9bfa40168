/** What the statements that are added to frameworks publish. Nothing has checked it. */
export interface LinkMessage {
  /** Node's request, or a web `Request` that leads to it, and the framework's context of it. */
  readonly request?: unknown
  readonly context?: unknown
  /** A prefix, as the app wrote it, that is removed from the path before a router matches the rest. */
  readonly base?: unknown
}

/**
 * Returns the diagnostics channel of the messages of one source of routes. Each has its own: a framework may publish several for each
 * request, and the other sources would look at all of them in vain.
 */
export const linkChannel = (source: string) => `agentgateway-otel:http.link.${source}`

/** Returns the diagnostics channel of the messages that the `requestLinks` of a source publish. */
export const requestChannel = (source: string) => `${linkChannel(source)}.request`
