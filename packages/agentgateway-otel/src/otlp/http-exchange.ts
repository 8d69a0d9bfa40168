import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { unpublished } from './unpublished.ts'

/** A longer body is not read to its end. */
const MAX_BODY_BYTES = 65_536

export interface HttpResponse {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether the body is longer than what was read of it. */
  readonly isCut: boolean
}

/** The connection was kept alive for too long: its peer had closed it when the request was sent. */
export class StaleConnectionError extends Error {}

/**
 * Sends a request and waits for the end of its response.
 *
 * @throws StaleConnectionError when another connection is to be used
 * @throws the error of the request or of the response
 */
export function exchange(request: ClientRequest, body: Uint8Array): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined
    let bytesBefore = 0
    request.on('socket', (assigned) => {
      socket = assigned
      bytesBefore = assigned.bytesRead
      // Right after this event Node.js flushes the request, and would publish one that has ended.
      queueMicrotask(() => unpublished(() => request.end(body)))
    })
    request.on('error', (error) => {
      const isStale = request.reusedSocket && socket?.bytesRead === bytesBefore
      reject(isStale ? new StaleConnectionError(error.message) : error)
    })
    // No upgrade was asked for. Without a listener Node.js would close the connection, with no event that says why.
    request.on('upgrade', ({ statusCode = 0, headers }, upgraded) => {
      upgraded.destroy()
      resolve({ statusCode, headers, body: Buffer.alloc(0), isCut: false })
    })
    request.on('response', (response) => {
      readBody(response).then((read) => {
        // The socket of a request that is not sent to its end would never be free again.
        if (!request.writableFinished) request.destroy()
        resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, ...read })
      }, reject)
    })
  })
}

function readBody(response: IncomingMessage): Promise<Pick<HttpResponse, 'body' | 'isCut'>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY_BYTES) chunks.push(chunk)
      else response.destroy()
    })
    // The error of a response says only that it has none of its own.
    response.on('error', () => {})
    response.on('close', () => {
      const isCut = size > MAX_BODY_BYTES
      if (response.complete || isCut) resolve({ body: Buffer.concat(chunks), isCut })
      else reject(new Error(`the connection was closed in the middle of a response with ${response.statusCode}`))
    })
  })
}
