import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { ExportRequest } from './export-request.ts'

/** What becomes of a request that is not to be accepted. */
export type Fault = 'a 503' | 'a hanging response' | 'a reset connection'

/** A collector that accepts nothing until it is repaired. */
export interface RepairableCollector {
  readonly endpoint: string
  /** The exports that were accepted, decoded. */
  readonly accepted: readonly ExportRequest[]
  /** Returns how many exports were refused. Each may have been tried several times. */
  refused(): number
  repair(): void
  close(): Promise<void>
}

/** Starts a collector for OTLP by HTTP. */
export async function startRepairableCollector(fault: Fault): Promise<RepairableCollector> {
  const accepted: ExportRequest[] = []
  const collector = await startOtlpCollector({ onMetrics: (metrics) => accepted.push(metrics as ExportRequest) })
  const refused = new Set<string>()
  let isRepaired = false

  const server = http.createServer(async (request, response) => {
    // The client may have given up in the middle of its request.
    const chunks = await request.toArray().catch(() => undefined)
    if (chunks === undefined) return
    const body = Buffer.concat(chunks)
    if (!isRepaired) {
      refused.add(body.toString('base64'))
      if (fault === 'a 503') response.writeHead(503).end()
      if (fault === 'a reset connection') request.socket.resetAndDestroy()
      return
    }
    // What the client no longer waits for would be sent again.
    if (response.destroyed) return
    const { 'content-type': type = '' } = request.headers
    const url = new URL(request.url ?? '', collector.endpoint)
    const forwarded = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    response.writeHead(forwarded.status, { 'content-type': type }).end(new Uint8Array(await forwarded.arrayBuffer()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    refused: () => refused.size,
    repair() {
      isRepaired = true
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await collector.close()
    },
  }
}
