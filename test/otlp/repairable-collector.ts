import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { ExportRequest } from './export-request.ts'

/** What becomes of a request that is not to be accepted. */
export type Fault = 'a 503' | 'a hanging response' | 'a reset connection'

/** A collector for OTLP by HTTP that accepts nothing until it is repaired. */
export async function startRepairableCollector(fault: Fault) {
  const accepted: ExportRequest[] = []
  const collector = await startOtlpCollector({ onMetrics: (metrics) => accepted.push(metrics as ExportRequest) })
  let refused = 0
  let isRepaired = false

  const server = http.createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (!isRepaired) {
      refused++
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
      body: Buffer.concat(chunks),
    })
    response.writeHead(forwarded.status, { 'content-type': type }).end(new Uint8Array(await forwarded.arrayBuffer()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The exports that were accepted, decoded. */
    accepted,
    refused: () => refused,
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
