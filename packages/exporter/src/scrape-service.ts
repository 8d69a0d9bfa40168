import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Buckets, type MetricSelector, selectMetrics } from '@agentgateway-otel/metrics'
import type { Access } from './access/access.ts'
import { Bodies } from './body/bodies.ts'
import { TurnQueue } from './body/turn-queue.ts'
import { BOUNDS } from './bounds.ts'
import type { Exposition } from './collected.ts'
import { Connections } from './connections/connections.ts'
import { allowSingleRequests } from './connections/single-requests.ts'
import type { Page } from './page/page.ts'
import { createScrapeHandler } from './requests/scrape-handler.ts'
import { type ScrapeRecord, ScrapeRecords } from './requests/scrape-record.ts'
import { ScrapesInFlight } from './requests/scrapes-in-flight.ts'
import { shareCollections } from './requests/shared-collection.ts'
import { createExposition } from './series/exposition.ts'
import { createFamilies, type Families } from './series/families.ts'
import type { ScrapeReader } from './series/scrape-reader.ts'

export interface ScrapeServiceOptions {
  readonly reader: ScrapeReader
  readonly onError: (error: unknown) => void
  readonly metrics: readonly MetricSelector[] | undefined
  readonly buckets: Buckets | undefined
  readonly access: Access
  readonly page: Page | undefined
  /** Is called before each collection. */
  readonly onScrape: () => void
}

/** Everything behind the server of a scrape endpoint: its connections, its requests, and the text that they get. */
export interface ScrapeService {
  /** The families of this process. */
  readonly families: Families
  /** The names of the metrics that are written even while they have no series. */
  readonly declared: ReadonlySet<string>
  /** The last scrape of each of the few latest clients, the latest first. */
  readonly scrapes: readonly ScrapeRecord[]
  /** Bounds a connection of the server. */
  connect(socket: Socket): void
  /** Responds to a request. It never throws. */
  respond(request: IncomingMessage, response: ServerResponse): void
  /** Replaces the exposition. */
  expose(exposition: Exposition): void
}

export function createScrapeService(options: ScrapeServiceOptions): ScrapeService {
  const { reader, onError, metrics, buckets, access, page, onScrape } = options
  const families = createFamilies(buckets)
  const declared = selectMetrics(metrics)
  let exposition = createExposition(reader, families, declared, onError)
  const records = new ScrapeRecords()
  // It runs what must not hold the event loop, or keep new connections waiting.
  const turns = new TurnQueue()
  const connections = new Connections(turns, onError)
  const shared = shareCollections(
    () => {
      onScrape()
      return exposition()
    },
    turns,
    BOUNDS.collectionMs,
  )
  const handle = createScrapeHandler({
    exposition: shared,
    inFlight: new ScrapesInFlight(),
    bodies: new Bodies(turns),
    turns,
    records,
    onError,
    access,
    page,
  })

  return {
    families,
    declared,
    get scrapes() {
      return records.list()
    },
    connect(socket) {
      turns.hurry()
      connections.add(socket)
      allowSingleRequests(socket, connections)
    },
    respond(request, response) {
      // Without the parser's internals a second request can come here before the first has its response.
      if (connections.begin(request.socket, response)) handle(request, response)
      else connections.closeAfterResponse(request.socket)
    },
    expose(replacement) {
      exposition = replacement
    },
  }
}
