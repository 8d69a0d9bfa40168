import type { ServerResponse } from 'node:http'

/** Sends a short text. A response to HEAD gets the headers alone. */
export function send(response: ServerResponse, status: number, body: string): void {
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
