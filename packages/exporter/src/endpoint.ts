import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MetricSelector, selectMetrics } from '@agentgateway-otel/metrics'
import { createExposition } from './exposition.ts'
import { createScrapeHandler, type Exposition } from './scrape-handler.ts'
import { ScrapeReader } from './scrape-reader.ts'
import { createHttpServer, listenNow } from './unpatched-net.ts'

export interface ScrapeEndpointOptions {
  /** Hears of what went wrong while collecting; the scrape's answer says no more than that it failed. */
  onError?(error: unknown): void
  /**
   * The metrics that are declared also while they have no series, as `selectMetrics` reads them. Default: the default
   * ones.
   */
  readonly metrics?: readonly MetricSelector[] | undefined
}

export interface Address {
  /** An address or a name. Default: all interfaces, by IPv6 and IPv4 where there is IPv6. */
  readonly host?: string | undefined
  /** 0 takes a free one. */
  readonly port: number
}

export interface ScrapeEndpoint {
  /** To be given to the MeterProvider. */
  readonly reader: ScrapeReader
  readonly server: Server
  /** The names of the metrics that are declared also while they have no series. */
  readonly declared: ReadonlySet<string>
  /**
   * Begins to serve `/metrics`, and calls one of the two, with Node's error, such as EADDRINUSE, when the address
   * cannot be had. The address is bound, and the call made, before this returns, unless the host is a name, which is
   * looked up. The server keeps no process alive. After a failure it may be tried again.
   */
  bind(address: Address, onListening: (url: string) => void, onFailure: (error: NodeJS.ErrnoException) => void): void
  /**
   * `bind` as a promise.
   *
   * @throws Node's error, such as EADDRINUSE, when the address cannot be had.
   */
  listen(address: Address): Promise<{ url: string }>
  /** Serves this instead of what the reader collects. Scrapes that come together still share one call. */
  expose(exposition: Exposition): void
  /** Calls this at each scrape before anything is collected. One listener at a time; it must not throw. */
  onScrape(listener: () => void): void
  close(): Promise<void>
}

/** Scrapers come every 15 to 60 seconds: they may keep their connection. */
const KEEP_ALIVE_MS = 120_000
const REQUEST_MS = 10_000
const MAX_CONNECTIONS = 64

/** An endpoint that serves what its `reader` collects, in Prometheus' text format. */
export function createScrapeEndpoint({ onError = () => {}, metrics }: ScrapeEndpointOptions = {}): ScrapeEndpoint {
  const reader = new ScrapeReader()
  const declared = selectMetrics(metrics)
  let exposition = shared(createExposition(reader, declared, onError))
  let onScrape = () => {}
  const server = createHttpServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS },
    createScrapeHandler(() => {
      onScrape()
      return exposition()
    }, onError),
  )
  server.maxConnections = MAX_CONNECTIONS
  server.unref()
  server.on('connection', (socket) => socket.unref())

  // The preload uses no promise: its continuation would run after the app's first line, where `async_hooks` see it.
  const bind: ScrapeEndpoint['bind'] = ({ host, port }, onListening, onFailure) => {
    const succeed = () => {
      server.off('error', fail)
      server.on('error', onError)
      onListening(urlOf(host, (server.address() as AddressInfo).port))
    }
    const fail = (error: Error) => {
      server.off('listening', succeed)
      onFailure(error)
    }
    server.once('error', fail)
    server.once('listening', succeed)
    listenNow(server, { host, port })
  }

  return {
    reader,
    server,
    declared,
    bind,
    listen: (address) =>
      new Promise((resolve, reject) => {
        bind(address, (url) => resolve({ url }), reject)
      }),
    expose: (other) => {
      exposition = shared(other)
    },
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

/** Calls while one is under way get what it gives. */
function shared(exposition: Exposition): Exposition {
  let underWay: ReturnType<Exposition> | undefined
  return () => {
    underWay ??= exposition().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

/** A URL that works on this machine. */
function urlOf(host: string | undefined, port: number): string {
  const name =
    host === undefined || host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}/metrics`
}
