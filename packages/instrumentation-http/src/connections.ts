import type { Server, Socket } from 'node:net'
import { createInstruments, createLabelSet, type MetricSelector } from '@agentgateway-otel/metrics'
import type { ConnectionListener } from '@agentgateway-otel/wire'
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api'
import { protocolOf } from './protocol.ts'

/** Records the two metrics of connections. */
export function countConnections(meter: Meter, metrics?: readonly MetricSelector[]) {
  const { connections, connectionsActive } = createInstruments(meter, ['connections', 'connectionsActive'], metrics)
  const labelSet = createLabelSet('connection')
  const active = new Map<Readonly<Attributes>, number>()

  function report(result: ObservableResult): void {
    for (const [labels, count] of active) result.observe(count, labels)
  }
  connectionsActive.addCallback(report)

  function connection(socket: Socket, server: Server): ConnectionListener {
    const labels = labelSet.of(bindOf(socket, server), protocolOf(server))
    connections.add(1, labels)
    active.set(labels, (active.get(labels) ?? 0) + 1)
    return { end: () => active.set(labels, (active.get(labels) ?? 1) - 1) }
  }

  return { connection, stop: () => connectionsActive.removeCallback(report) }
}

/** Returns the port that the server listens on, or `unix` for a unix socket or a named pipe. */
function bindOf(socket: Socket, server: Server): string {
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? socket.localPort) : undefined
  return port === undefined ? 'unix' : String(port)
}
