import http from 'node:http'
import type { App } from '../../harness/app.ts'

/** A request (`METHOD target`), the status and route that it has to be counted with, and a body to send as JSON. */
export type RouteCase = readonly [request: string, expected: string, json?: unknown]

/** Sends a request to the app, with its target unchanged, and reads the response. Returns its status. */
export function send(
  app: App,
  request: string,
  json?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  const [method, path = ''] = request.split(' ')
  const body = json === undefined ? '' : JSON.stringify(json)
  const headers =
    json === undefined ? more : { ...more, 'content-type': 'application/json', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    http
      .request({ host: '127.0.0.1', port: app.ready, method, path, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      })
      .on('error', reject)
      .end(body)
  })
}
