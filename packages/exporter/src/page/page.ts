import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the endpoint serves to people, beside the metrics. */
export interface Page {
  /** Responds to a GET or HEAD of one of the page's own paths. Returns false, and does nothing, for any other path. */
  respond(path: string, request: IncomingMessage, response: ServerResponse): boolean
}
