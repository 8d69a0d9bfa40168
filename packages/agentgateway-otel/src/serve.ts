import type { Address, BindResult, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import { guarded, ignoreServer } from '@agentgateway-otel/wire'
import { quote } from './configuration/quote.ts'
import { createLazySharing, type LazySharing, type LazySharingOptions } from './lazy-sharing.ts'
import { reportRefusedPort } from './refused-ports.ts'
import { VERSION } from './version.ts'

export interface ServeOptions extends LazySharingOptions {
  /** Whether each process has an endpoint of its own. */
  readonly perProcess: boolean
}

/**
 * Begins to serve the metrics: those of the app, in whichever of its processes, or of this process alone.
 *
 * An address that needs no look-up is bound, and the processes of the app find each other, before this returns, which
 * is before the app's first line. So a process that the app starts finds this one, however busy it is, and nothing that
 * the app changes or watches is in the way.
 *
 * @returns undefined where the endpoint is not shared.
 */
export function serve(endpoint: ScrapeEndpoint, options: ServeOptions): LazySharing | undefined {
  const { host, port, perProcess, report, log } = options
  ignoreServer(endpoint.server)
  // A port that the system chooses is never another process's, so nothing is shared there.
  const sharing = perProcess || port === 0 ? undefined : createLazySharing(endpoint, options)

  if (port !== 0) reportRefusedPort(endpoint.server, log)

  const onResult = ({ url, error }: BindResult) => {
    if (error === undefined) {
      log('info', `${VERSION}, metrics on ${url}`)
      sharing?.lead()
    } else if (error.code === 'EADDRINUSE' && sharing !== undefined) {
      sharing.join().catch(report)
    } else if (error.code === 'EADDRINUSE' && perProcess && port !== 0) {
      serve(endpoint, { ...options, port: 0 })
    } else {
      log('error', describe(error, { host, port }))
    }
  }
  endpoint.bind({ host, port }, guarded(onResult))
  return sharing
}

/** No host has a longer name. A longer text is cut. */
const MAX_HOST_LENGTH = 255

function describe({ code, message }: NodeJS.ErrnoException, { host, port }: Address): string {
  const consequence = 'so this process serves no metrics'
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use, ${consequence}; set OTEL_EXPORTER_PROMETHEUS_PORT to a free one`
  }
  if (code === 'EACCES') {
    return `port ${port} needs privileges, ${consequence}; set OTEL_EXPORTER_PROMETHEUS_PORT to one above 1023`
  }
  const address = host === undefined ? 'any address' : host.length > MAX_HOST_LENGTH ? quote(host) : host
  return `cannot listen on ${address}:${port} (${code ?? message.slice(0, MAX_HOST_LENGTH)}), ${consequence}; set OTEL_EXPORTER_PROMETHEUS_HOST to an address of this machine`
}
