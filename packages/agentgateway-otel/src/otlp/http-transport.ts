import { promisify } from 'node:util'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { VERSION } from '../version.ts'
import { boundAttempt } from './bounded-attempt.ts'
import { HttpConnection } from './http-connection.ts'
import { attemptOfError } from './http-error.ts'
import { exchange, StaleConnectionError } from './http-exchange.ts'
import { attemptOf } from './http-status.ts'
import type { Attempt, OtlpTransport } from './transport.ts'

/**
 * Creates a transport that sends exports by HTTP/1.1, over one connection, which is opened by the first export and again
 * when it has been closed.
 */
export function createHttpTransport(configuration: OtlpConfiguration): OtlpTransport {
  const { protocol, url } = configuration
  const compress =
    configuration.compression === 'gzip' ? promisify(process.getBuiltinModule('node:zlib').gzip) : undefined
  const connection = new HttpConnection(configuration)
  const headers = {
    'user-agent': `agentgateway-otel/${VERSION}`,
    ...configuration.headers,
    'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    ...(compress && { 'content-encoding': 'gzip' }),
  }

  async function post(message: Uint8Array, isOver: () => boolean): Promise<Attempt> {
    const body = compress === undefined ? message : await compress(message)
    for (;;) {
      if (isOver()) throw new Error('the time is over')
      const request = await connection.request(headers)
      try {
        return attemptOf(await exchange(request, body))
      } catch (error) {
        // A connection that was closed meanwhile says nothing about the collector, so there is no wait.
        if (!(error instanceof StaleConnectionError)) throw error
      }
    }
  }

  return {
    send(message, timeoutMs) {
      return boundAttempt({
        timeoutMs,
        connection,
        attempt: (isOver) => post(message, isOver),
        attemptOfError: (error) => attemptOfError(error, url),
      })
    },
    close() {
      connection.close()
    },
  }
}
