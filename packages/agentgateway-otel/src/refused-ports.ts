import { subscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:net'
import { guarded } from '@agentgateway-otel/wire'
import type { Log } from './log.ts'

/**
 * Logs once that another server of this process cannot listen because the endpoint has the port. Most likely it is the
 * PrometheusExporter of the app's own SDK, which reads the same OTEL_EXPORTER_PROMETHEUS_PORT, and says nothing itself.
 */
export function reportRefusedPort(endpoint: Server, log: Log): void {
  let hasReported = false
  subscribe(
    'tracing:net.server.listen:error',
    guarded((message: unknown) => {
      const { server, error } = message as { server: unknown; error: NodeJS.ErrnoException & { port?: number } }
      const address = endpoint.address()
      if (hasReported || server === endpoint || error.code !== 'EADDRINUSE') return
      if (address === null || typeof address === 'string' || address.port !== error.port) return
      hasReported = true
      log(
        'warn',
        `another server of this app cannot listen on port ${error.port}, where these metrics are served; if that is a PrometheusExporter, its metrics are missing until it has another port, by its option \`port\``,
      )
    }),
  )
}
