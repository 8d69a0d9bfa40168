import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import type { Api, ApiRequest, Part } from './api.ts'
import { APIS } from './apis/index.ts'
import { BackgroundCalls } from './background.ts'
import { type Behaviour, behaviourOf } from './behaviour.ts'
import { contentTypeOf, createDelivery } from './delivery.ts'
import { startProxy } from './proxy.ts'
import type { Served } from './served.ts'

export interface Provider {
  readonly url: string
  /** HTTP/2 without TLS. */
  readonly http2Url: string
  /** HTTP/1.1 and HTTP/2 with the certificate of `test/fixtures`. */
  readonly tlsUrl: string
  /** A proxy that sends every host's requests to this provider. */
  readonly proxyUrl: string
  readonly served: readonly Served[]
  close(): Promise<void>
}

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url))

/** The APIs of the providers, on ephemeral ports of 127.0.0.1. */
export async function startProvider(): Promise<Provider> {
  const served: Served[] = []
  const sockets = new Set<Socket>()
  const arrivals = new Arrivals()
  const background = new BackgroundCalls()
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response, served, arrivals, background).catch((error) => {
      console.error(`the provider failed at ${request.url}`, error)
      response.destroy()
    })
  }
  const tls = { key: fixture('localhost.key.pem'), cert: fixture('localhost.cert.pem'), allowHTTP1: true }
  // The compatibility API of node:http2 has everything that is used here of node:http's.
  const handleHttp2 = handle as unknown as (
    request: http2.Http2ServerRequest,
    response: http2.Http2ServerResponse,
  ) => void
  const servers = [
    createServer(handle),
    http2.createServer(handleHttp2),
    http2.createSecureServer(tls, handleHttp2),
  ] as const
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.on('connection', (socket: Socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  const [http = 0, , tlsPort = 0] = ports
  const proxy = await startProxy({ http, tls: tlsPort })
  return {
    url: `http://127.0.0.1:${ports[0]}`,
    http2Url: `http://127.0.0.1:${ports[1]}`,
    tlsUrl: `https://localhost:${ports[2]}`,
    proxyUrl: proxy.url,
    served,
    async close() {
      await proxy.close()
      for (const server of servers) (server as Server).close()
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => once(server, 'close')))
    },
  }
}

/** Lets an app wait for the arrival of a request that gets no response: each such request lets one `GET /arrived` succeed. */
class Arrivals {
  #arrived = 0
  readonly #waiting: ServerResponse[] = []

  arrive(): void {
    this.#arrived++
    this.#respond()
  }

  wait(response: ServerResponse): void {
    this.#waiting.push(response)
    this.#respond()
  }

  #respond(): void {
    for (; this.#arrived > 0 && this.#waiting.length > 0; this.#arrived--) this.#waiting.shift()?.end('arrived')
  }
}

/** Requests that are no calls, and the responses to them. */
const OTHERS: readonly (readonly [RegExp, object])[] = [
  [/\/messages\/count_tokens$/, { input_tokens: 4711 }],
  // Paths of other products that look like those of an API.
  [/^\/music\/api\/v1\/generate$/, { code: 200, msg: 'success', data: { taskId: '5c79' } }],
  [/^\/backend\/api\/chat$/, { reply: 'Grüße' }],
  [/^\/forms\/12\/responses$/, { id: 1 }],
  [
    /\/models$/,
    { object: 'list', data: [{ id: 'respond', object: 'model', created: 1_790_000_000, owned_by: 'test' }] },
  ],
]

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served[],
  arrivals: Arrivals,
  background: BackgroundCalls,
): Promise<void> {
  const startMs = performance.now()
  response.sendDate = false
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://provider')
  if (pathname === '/arrived') return arrivals.wait(response)
  if (background.respond(request, response)) return
  const other = OTHERS.find(([path]) => path.test(pathname))?.[1]
  const [api, match] = APIS.map((api) => [api, api.path.exec(pathname)] as const).find(([, match]) => match) ?? []
  if (other !== undefined || api === undefined) {
    response.writeHead(other ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(other ?? { error: { message: `no API at ${pathname}` } }))
    return
  }

  const path = Object.fromEntries(
    Object.entries(match?.groups ?? {}).map(([name, value]) => [name, value && decodeURIComponent(value)]),
  )
  const apiRequest: ApiRequest = {
    path,
    query,
    headers: request.headers,
    body: await (api.readBody ?? bodyOf)(request),
  }
  const idle = api.idle?.(apiRequest)
  if (idle !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(idle.bytes)
    return
  }
  const model = api.modelOf?.(apiRequest) ?? path.model ?? apiRequest.body.model
  const record: Served = {
    operation: api.operation,
    host: String(request.headers.host ?? request.headers[':authority']),
    httpVersion: request.httpVersion,
    model,
    attempt: attemptOf(request),
    status: 200,
    outcome: '',
    hasResponse: false,
    seconds: 0,
  }
  const behaviour = behaviourOf(api.behaviourOf?.(apiRequest) ?? model)
  const isFirst = !served.some((earlier) => earlier.model === model && earlier.operation === api.operation)
  served.push(record)
  const note = ({ model: responseModel, tokens, details = api.details, otherTokens }: Part) => {
    record.hasResponse = true
    if (responseModel !== undefined) record.responseModel = responseModel
    if (tokens !== undefined) record.tokens = tokens
    if (tokens !== undefined && details !== undefined) record.details = details
    if (otherTokens !== undefined) record.otherTokens = otherTokens
    record.seconds = (performance.now() - startMs) / 1000
  }

  if (behaviour.name === 'silent') {
    arrivals.arrive()
    await once(response, 'close')
    record.outcome = behaviour.variant ?? 'aborted'
    return
  }
  // Without this header the SDKs wait half a second or more before a retry.
  response.setHeader('retry-after-ms', '1')
  response.setHeader('x-request-id', `request-${served.length}`)
  if (behaviour.name === 'refuse' || (behaviour.name === 'flaky' && isFirst)) {
    record.status = Number(behaviour.variant)
    record.outcome = String(record.status)
    const { bytes, headers } = api.refusal(record.status)
    response.writeHead(record.status, { 'content-type': 'application/json', ...headers })
    response.end(bytes)
    note({ bytes })
    return
  }

  const tokens = { input: 1000 + served.length, output: 10 + 2 * served.length }
  const plan = { ...apiRequest, model: `${model}-2026-09`, tokens }
  const isBackground = api.isBackground?.(apiRequest) ?? apiRequest.body.background === true
  if (isBackground) return background.begin(api, plan, behaviour, response, record)
  const isStream = api.isStream?.(apiRequest) ?? apiRequest.body.stream === true
  if (isStream) await stream(api, plan, behaviour, response, record, note)
  else await whole(api, plan, behaviour, response, record, note)
}

/** The JSON of the body, or the fields of a form. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const bytes = await buffer(request)
  const contentType = request.headers['content-type'] ?? ''
  if (!contentType.startsWith('multipart/form-data')) return JSON.parse(bytes.toString())
  const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
  return Object.fromEntries([...form].map(([name, value]) => [name, value === 'true' ? true : value]))
}

/** `amz-sdk-request` counts from 1. */
function attemptOf({ headers }: IncomingMessage): number {
  const [, attempt = 1] = /attempt=(\d+)/.exec(String(headers['amz-sdk-request'])) ?? []
  return Number(headers['x-stainless-retry-count'] ?? Number(attempt) - 1)
}

type Plan = Parameters<Api['whole']>[0]
type Note = (part: Part) => void

async function whole(
  api: Api,
  plan: Plan,
  { name, variant }: Behaviour,
  response: ServerResponse,
  record: Served,
  note: Note,
): Promise<void> {
  const part = api.whole(plan)
  const delivery = createDelivery(response, variant)
  for (const [header, value] of Object.entries(part.headers ?? {})) response.setHeader(header, value)
  response.setHeader('content-type', 'application/json')
  if (delivery.contentEncoding) response.setHeader('content-encoding', delivery.contentEncoding)
  if (name === 'cut' || name === 'short') {
    const bytes = String(part.bytes)
    if (name === 'short') response.setHeader('content-length', Buffer.byteLength(bytes) + 100)
    // The cut comes before the usage, which every format has after the text.
    const sent = bytes.slice(0, Math.floor(bytes.length / 4))
    record.outcome = 'cut'
    note({
      bytes: sent,
      // A reader may need the character after the model's name.
      ...(part.model && sent.includes(`"${part.model}",`) && { model: part.model }),
      ...(part.tokensAreInHeaders && part.tokens && { tokens: part.tokens, details: part.details }),
    })
    await delivery.write(sent)
    await cut(response)
    return
  }
  note(part)
  await delivery.write(part.bytes)
  delivery.end()
}

async function stream(
  api: Api,
  plan: Plan,
  { name, variant }: Behaviour,
  response: ServerResponse,
  record: Served,
  note: Note,
): Promise<void> {
  if (!api.stream) throw new Error(`no streams of ${api.operation}`)
  const { contentType, begin, text, error, finish } = api.stream(plan)
  const delivery = createDelivery(response, variant)
  const sentContentType = contentTypeOf(variant, contentType)
  if (sentContentType !== undefined) response.setHeader('content-type', sentContentType)
  if (delivery.contentEncoding) response.setHeader('content-encoding', delivery.contentEncoding)
  const send = async (part: Part) => {
    note(part)
    await delivery.write(part.bytes)
  }
  await send(begin)
  await send(text)
  record.hasContent = !api.isBidirectional
  switch (name) {
    case 'fail':
      record.outcome = error.type
      await send(error)
      return delivery.end()
    case 'cut':
      record.outcome = 'cut'
      return cut(response)
    case 'endless':
      while (!delivery.isClosed) await delivery.write(text.bytes)
      record.outcome = 'aborted'
      return
    case 'stall':
      await delivery.closed
      record.outcome = 'aborted'
      return
    default:
      await send(text)
      await send(finish)
      return delivery.end()
  }
}

/** Breaks the connection. Bytes that were sent before do arrive. */
async function cut(response: ServerResponse): Promise<void> {
  await turn()
  const { stream } = response as { stream?: http2.ServerHttp2Stream }
  if (stream) stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
  else response.destroy()
}
