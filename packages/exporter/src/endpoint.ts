import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Buckets, MetricSelector } from '@agentgateway-otel/metrics'
import type { Lock } from './access/lock.ts'
import { OPEN_ACCESS } from './access/open-access.ts'
import type { Exposition } from './collected.ts'
import { createBoundedServer } from './connections/bounded-server.ts'
import { loadScrapeService } from './load-scrape-service.ts'
import type { Page } from './page/page.ts'
import type { ScrapeRecord } from './requests/scrape-record.ts'
import type { ScrapeService } from './scrape-service.ts'
import type { Families } from './series/families.ts'
import { ScrapeReader } from './series/scrape-reader.ts'
import { listenNow } from './unpatched-net.ts'

export interface ScrapeEndpointOptions {
  /** Receives what went wrong while collecting. The response to the scrape contains no details. */
  onError?(error: unknown): void
  /**
   * The metrics that are written even while they have no series, so that a scraper knows them from the first scrape on, as
   * `selectMetrics` reads them. Default: the default metrics.
   */
  readonly metrics?: readonly MetricSelector[] | undefined
  /** The upper bounds of the buckets of histograms that do not have those of the table, as the instruments were made. */
  readonly buckets?: Buckets | undefined
  /** What locks the endpoint. Default: everybody who can reach it may scrape it, without TLS. */
  readonly lock?: Lock | undefined
  /** What is served to people, beside the metrics. Default: nothing. */
  readonly page?: Page | undefined
}

export interface Address {
  /**
   * An address, IPv6 with or without brackets, or a name. Default: all addresses, which is `::` with IPv4 beside it, or
   * `0.0.0.0` where there is no IPv6.
   */
  readonly host?: string | undefined
  /** The system chooses a free port for 0. */
  readonly port: number
}

/** The URL of the metrics, or Node's error, such as EADDRINUSE, where the address could not be bound. */
export type BindResult =
  | { readonly url: string; readonly error?: undefined }
  | { readonly error: NodeJS.ErrnoException; readonly url?: undefined }

export interface ScrapeEndpoint {
  /** The reader to give to the MeterProvider. */
  readonly reader: ScrapeReader
  /** The families of this process. */
  readonly families: Families
  /** The names of the metrics that are written even while they have no series. */
  readonly declared: ReadonlySet<string>
  /** The last scrape of each of the few latest clients, the latest first. */
  readonly scrapes: readonly ScrapeRecord[]
  /** The HTTP server, which listens after `bind`. */
  readonly server: Server
  /**
   * Begins to serve `/metrics` and reports the result. The address is bound, and the result reported, before this
   * returns, unless the host is a name, which is looked up. The server keeps no process alive. After a failure `bind`
   * may be called again.
   */
  bind(address: Address, onResult: (result: BindResult) => void): void
  /**
   * `bind` as a promise.
   *
   * @throws Node's error, such as EADDRINUSE, when the address cannot be bound.
   */
  listen(address: Address): Promise<{ url: string }>
  /** Replaces the exposition, which is that of the reader. Scrapes that arrive together still share one call of it. */
  expose(exposition: Exposition): void
  /** Calls the listener before each collection, which scrapes that arrive together share. There is one listener, which must not throw. */
  onScrape(listener: () => void): void
  close(): Promise<void>
}

/** Creates an endpoint that serves what its reader collects, in Prometheus' text format or in OpenMetrics. It listens after `bind`. */
export function createScrapeEndpoint(options: ScrapeEndpointOptions = {}): ScrapeEndpoint {
  const { onError = () => {}, metrics, buckets, lock, page } = options
  const reader = new ScrapeReader()
  let onScrape = () => {}
  let service: ScrapeService | undefined
  /** Returns the service behind the server. It is made when the first client connects, because many processes have none. */
  const getService = () => {
    service ??= loadScrapeService()({
      reader,
      onError,
      metrics,
      buckets,
      access: lock ?? OPEN_ACCESS,
      page,
      onScrape: () => onScrape(),
    })
    return service
  }
  const server = createBoundedServer(
    (socket) => {
      try {
        getService().connect(socket)
      } catch (error) {
        // Its code could not be loaded. The client sees a closed connection.
        socket.destroy()
        onError(error)
      }
    },
    (request, response) => getService().respond(request, response),
    lock && ((socket, serve) => lock.admit(socket, serve)),
  )

  // There is no promise in here: its continuation would run after the app's first line, where `async_hooks` see it.
  const bind: ScrapeEndpoint['bind'] = ({ host: given, port }, onResult) => {
    const host = withoutBrackets(given)
    const onListening = () => {
      server.off('error', onFailure)
      server.on('error', onError)
      const scheme = lock?.open().isTls ? 'https' : 'http'
      onResult({ url: urlOf(scheme, host, server.address() as AddressInfo) })
    }
    const onFailure = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening)
      onResult({ error })
    }
    server.once('error', onFailure)
    server.once('listening', onListening)
    listenNow(server, { host, port })
  }

  return {
    reader,
    get families() {
      return getService().families
    },
    get declared() {
      return getService().declared
    },
    get scrapes() {
      return getService().scrapes
    },
    server,
    bind,
    listen: (address) =>
      new Promise((resolve, reject) => {
        bind(address, ({ url, error }) => (error === undefined ? resolve({ url }) : reject(error)))
      }),
    expose: (exposition) => getService().expose(exposition),
    onScrape: (listener) => {
      onScrape = listener
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Returns a URL that works on this machine. */
function urlOf(scheme: string, host: string | undefined, { address, port }: AddressInfo): string {
  let name = host ?? address
  // `::` takes IPv4 too, so that the name works whatever it stands for.
  if (address === '::') name = 'localhost'
  else if (address === '0.0.0.0') name = '127.0.0.1'
  // RFC 6874: the zone of an address, as in `fe80::1%eth0`, comes after an encoded `%`.
  else if (name.includes(':')) name = `[${name.replace('%', '%25')}]`
  return `${scheme}://${name}:${port}/metrics`
}

/** Returns an address without the brackets that IPv6 has in URLs. */
const withoutBrackets = (host: string | undefined) => host?.replace(/^\[(.*)\]$/, '$1')
