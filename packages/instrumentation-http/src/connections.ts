import type { Server, Socket } from 'node:net'
import { createLabelSet, createOptionalInstruments, type InstrumentOptions, UNKNOWN } from '@agentgateway-otel/metrics'
import type { ConnectionListener } from '@agentgateway-otel/wire'
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api'
import { protocolOf } from './protocol.ts'

/**
 * Records the two metrics of accepted connections, and those of the agentgateway proxy, as far as they are asked for. Returns
 * nothing if none of them is.
 */
export function countConnections(meter: Meter, options?: InstrumentOptions) {
  const instruments = createOptionalInstruments(meter, ['connections', 'connectionsActive'], options)
  const proxy = createProxyMetrics(meter, options)
  if (instruments === undefined && proxy === undefined) return undefined
  const { connections, connectionsActive } = instruments ?? {}
  const labelSet = createLabelSet('connection')
  const activeCounts = new Map<Readonly<Attributes>, number>()

  function observeActive(result: ObservableResult): void {
    for (const [labels, count] of activeCounts) result.observe(count, labels)
  }
  connectionsActive?.addCallback(observeActive)

  function connection(socket: Socket, server: Server): ConnectionListener {
    const [bind, protocol] = [bindOf(socket, server), protocolOf(server)]
    const labels = labelSet.of(bind, protocol)
    connections?.add(1, labels)
    const active = new ActiveConnection(activeCounts, labels)
    if (proxy === undefined) return active
    const countEnd = proxy.begin(socket, bind, protocol)
    return {
      end() {
        active.end()
        countEnd()
      },
    }
  }

  return { connection, stop: () => connectionsActive?.removeCallback(observeActive) }
}

/** Creates the metrics that the agentgateway proxy has of connections. Returns nothing if none of them is asked for. */
function createProxyMetrics(meter: Meter, options?: InstrumentOptions) {
  const keys = ['proxyConnections', 'proxyReceivedBytes', 'proxySentBytes'] as const
  const instruments = createOptionalInstruments(meter, keys, options)
  if (instruments === undefined) return undefined
  const { proxyConnections, proxyReceivedBytes, proxySentBytes } = instruments
  const labelSet = createLabelSet('proxyConnection')
  return {
    /** Counts a connection, and returns a function that counts its bytes when it has ended. */
    begin(socket: Socket, bind: string, protocol: string): () => void {
      const labels = labelSet.of(bind, UNKNOWN, protocol)
      proxyConnections?.add(1, labels)
      return () => {
        proxyReceivedBytes?.add(socket.bytesRead, labels)
        proxySentBytes?.add(socket.bytesWritten, labels)
      }
    },
  }
}

/** Counts a connection as active until it ends. */
class ActiveConnection implements ConnectionListener {
  readonly #counts: Map<Readonly<Attributes>, number>
  readonly #labels: Readonly<Attributes>

  constructor(counts: Map<Readonly<Attributes>, number>, labels: Readonly<Attributes>) {
    this.#counts = counts
    this.#labels = labels
    this.#add(1)
  }

  #add(change: number): void {
    this.#counts.set(this.#labels, (this.#counts.get(this.#labels) ?? 0) + change)
  }

  end(): void {
    this.#add(-1)
  }
}

/** Returns the port that the server listens on, or `unix` for a Unix domain socket or a named pipe. */
function bindOf(socket: Socket, server: Server): string {
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? socket.localPort) : undefined
  return port === undefined ? 'unix' : String(port)
}
