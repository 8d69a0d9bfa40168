import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { createLedger, eventsOf, type LedgerCall } from './ledger.ts'

const DECODERS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  deflate: inflateSync,
  gzip: gunzipSync,
}

/** Starts a proxy before an MCP server that forwards everything unchanged, and keeps a ledger of the messages. */
export async function startRecordingProxy(port: number) {
  const ledger = createLedger()
  const sessions = new Set<string>()
  const sseStreams = new Set<http.IncomingMessage>()

  const proxy = http.createServer(async (request, response) => {
    const { method, url, headers } = request
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const calls = method === 'POST' ? sent(body) : []
    const outgoing = http.request({ host: '127.0.0.1', port, method, path: url, headers })
    outgoing.on('error', () => response.destroy())
    outgoing.on('response', (incoming) => {
      response.writeHead(incoming.statusCode ?? 0, incoming.rawHeaders)
      response.flushHeaders()
      const { 'mcp-session-id': session } = incoming.headers
      if (typeof session === 'string' && calls.some((call) => call.method === 'initialize')) sessions.add(session)
      const endedSession = headers['mcp-session-id']
      const ends = method === 'DELETE' ? incoming.statusCode === 200 : incoming.statusCode === 404
      if (typeof endedSession === 'string' && ends) sessions.delete(endedSession)
      record(incoming, calls, response)
    })
    response.on('close', () => outgoing.destroy())
    outgoing.end(body)
  })

  function sent(body: Buffer): LedgerCall[] {
    try {
      return ledger.sent(body.toString())
    } catch {
      return []
    }
  }

  function record(incoming: http.IncomingMessage, calls: LedgerCall[], response: http.ServerResponse): void {
    const isStream = incoming.headers['content-type']?.includes('text/event-stream')
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (isStream) {
        const { events, rest } = eventsOf(Buffer.concat(chunks.splice(0)))
        chunks.push(rest)
        for (const { type, data } of events) {
          if (type === 'endpoint') sseStreams.add(incoming)
          else ledger.received(data)
        }
      }
      response.write(chunk)
    })
    incoming.on('end', () => {
      const decode = DECODERS[incoming.headers['content-encoding'] ?? ''] ?? ((body: Buffer) => body)
      const isJson = incoming.headers['content-type']?.includes('json')
      if (isJson) ledger.received(decode(Buffer.concat(chunks)).toString())
      if ((incoming.statusCode ?? 0) >= 400) {
        for (const call of calls) if (call.id !== undefined && call.status === 'none') call.status = 'error'
      }
      response.end()
    })
    incoming.on('close', () => {
      sseStreams.delete(incoming)
      response.destroy()
    })
  }

  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    ledger,
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    /** The number of open sessions. */
    sessions: () => sessions.size,
    sseStreams: () => sseStreams.size,
    close() {
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}
