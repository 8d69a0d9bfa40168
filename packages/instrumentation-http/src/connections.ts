import type { Server, Socket } from 'node:net'
import { createInstruments, createLabelSet, type InstrumentOptions } from '@agentgateway-otel/metrics'
import type { ConnectionListener } from '@agentgateway-otel/wire'
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api'
import { protocolOf } from './protocol.ts'

/** Records the two metrics of accepted connections. */
export function countConnections(meter: Meter, options?: InstrumentOptions) {
  const { connections, connectionsActive } = createInstruments(meter, ['connections', 'connectionsActive'], options)
  const labelSet = createLabelSet('connection')
  const activeCounts = new Map<Readonly<Attributes>, number>()

  function observeActive(result: ObservableResult): void {
    for (const [labels, count] of activeCounts) result.observe(count, labels)
  }
  connectionsActive.addCallback(observeActive)

  function connection(socket: Socket, server: Server): ConnectionListener {
    const labels = labelSet.of(bindOf(socket, server), protocolOf(server))
    connections.add(1, labels)
    activeCounts.set(labels, (activeCounts.get(labels) ?? 0) + 1)
    return { end: () => activeCounts.set(labels, (activeCounts.get(labels) ?? 1) - 1) }
  }

  return { connection, stop: () => connectionsActive.removeCallback(observeActive) }
}

/** Returns the port that the server listens on, or `unix` for a Unix domain socket or a named pipe. */
function bindOf(socket: Socket, server: Server): string {
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? socket.localPort) : undefined
  return port === undefined ? 'unix' : String(port)
}
