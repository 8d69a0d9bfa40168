// A variant's own server for its metrics, whose URL it writes to stderr.
import { createServer } from 'node:http'

export const endpoint = createServer()

/** @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} handler */
export function serve(handler) {
  endpoint.on('request', handler)
  endpoint.listen(0, '127.0.0.1', () => console.error(`http://127.0.0.1:${endpoint.address().port}/metrics`))
  endpoint.unref()
}
