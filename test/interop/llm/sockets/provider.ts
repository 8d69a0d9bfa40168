import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Tokens } from '../provider/api.ts'
import type { ServedCall } from '../served-calls.ts'

export interface SocketProvider {
  /** `ws:`, whose server offers compression. */
  readonly url: string
  /** `wss:` with the certificate of `test/fixtures`. */
  readonly tlsUrl: string
  readonly served: readonly ServedCall[]
  close(): Promise<void>
}

/** Text that looks like the events that a reader searches for. */
const TEXT = 'Grüße 漢字 🎈 "type":"response.done" {"serverContent":{"turnComplete":true}}'
/** More than fits into the two bytes that a frame's length may have. */
const SOUND = 'UklGRiQAAABXQVZF'.repeat(5000)

type Api = (connection: Connection) => void

const APIS: readonly (readonly [path: RegExp, api: Api])[] = [
  [/\/v1\/realtime$/, realtime],
  [/\/v1\/responses$/, responses],
  [/\/ws\/google\.ai\.generativelanguage\.v1(?:alpha|beta)?\.GenerativeService\.BidiGenerateContent$/, live],
]

/** One WebSocket, and the calls over it. */
class Connection {
  readonly socket: WebSocket
  readonly query: URLSearchParams
  readonly #served: ServedCall[]

  constructor(socket: WebSocket, query: URLSearchParams, served: ServedCall[]) {
    this.socket = socket
    this.query = query
    this.#served = served
  }

  /** @param isBinary whether JSON goes in a binary message, as Google sends it */
  send(message: object, isBinary = false): void {
    const text = JSON.stringify(message)
    this.socket.send(isBinary ? Buffer.from(text) : text)
  }

  /** Calls back with each message that the client sends. */
  onMessage(onMessage: (message: Message) => void): void {
    this.socket.on('message', (data) => onMessage(JSON.parse(String(data))))
  }

  begin(call: Pick<ServedCall, 'operation' | 'model'> & Partial<ServedCall>): ServedCall {
    const begun: ServedCall = { responseModel: 'unknown', outcome: '', usage: 'none', hasContent: false, ...call }
    this.#served.push(begun)
    return begun
  }

  /** Different tokens for each call. */
  tokens(): Required<Tokens> {
    return { input: 1000 + this.#served.length, output: 100 + 2 * this.#served.length }
  }

  cut(): void {
    // What was sent before does arrive: it is compressed first, and the ping comes after that.
    this.socket.ping('', undefined, () => this.socket.terminate())
  }
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of any API
type Message = any

/** OpenAI Realtime. The model's name says what is wrong with the response. */
function realtime(connection: Connection): void {
  const model = connection.query.get('model') ?? 'transcribe'
  const sessionModel = `${model}-2026-09`
  const transcription = { model: 'transcriber' }
  const session = { type: 'realtime', id: 'sess_1', model: sessionModel, audio: { input: { transcription } } }
  let responses = 0
  connection.send({ type: 'session.created', event_id: 'event_1', session })

  function respond(): void {
    const call = connection.begin({ operation: 'chat', model, responseModel: sessionModel, usage: 'missing' })
    const id = `resp_${++responses}`
    const response = { object: 'realtime.response', id, status: 'in_progress', usage: null }
    connection.send({ type: 'response.created', event_id: 'e', response })
    if (model === 'silent') {
      call.outcome = 'aborted'
      return
    }
    call.hasContent = true
    connection.send({ type: 'response.output_text.delta', event_id: 'e', response_id: id, item_id: 'i', delta: TEXT })
    connection.send({ type: 'response.output_audio.delta', event_id: 'e', response_id: id, item_id: 'i', delta: SOUND })
    if (model === 'cut') {
      call.outcome = 'ECONNRESET'
      connection.cut()
      return
    }
    if (model === 'goodbye') {
      call.outcome = '1011'
      connection.socket.close(1011, 'out of order')
      return
    }
    if (model === 'stall') {
      call.outcome = 'aborted'
      return
    }
    const { input, output } = connection.tokens()
    const usage = {
      total_tokens: input + output,
      input_tokens: input,
      output_tokens: output,
      input_token_details: { text_tokens: input - 60, audio_tokens: 60, cached_tokens: 40 },
      output_token_details: { text_tokens: output - 30, audio_tokens: 30 },
    }
    if (model !== 'unreported') {
      call.usage = 'reported'
      call.tokens = { input, output }
      call.details = { input_cache_read: 40, input_audio: 60, output_audio: 30 }
    }
    const isFailed = model === 'fail'
    if (isFailed) call.outcome = 'server_error'
    connection.send({
      type: 'response.done',
      event_id: 'e',
      response: {
        ...response,
        status: isFailed ? 'failed' : 'completed',
        ...(isFailed && {
          status_details: { type: 'failed', error: { type: 'server_error', code: 'inference_failed' } },
        }),
        output: [{ type: 'message', content: [{ type: 'output_text', text: TEXT }] }],
        usage: model === 'unreported' ? null : usage,
      },
    })
    connection.send({ type: 'rate_limits.updated', event_id: 'e', rate_limits: [] })
  }

  connection.onMessage((event) => {
    if (event.type === 'session.update') {
      connection.send({ type: 'session.updated', event_id: 'e', session })
    } else if (event.type === 'conversation.item.create') {
      connection.send({ type: 'conversation.item.added', event_id: 'e', item: event.item })
    } else if (event.type === 'conversation.item.delete') {
      // An error that is none of a call.
      const error = { type: 'invalid_request_error', code: 'item_delete_invalid_item_id', event_id: event.event_id }
      connection.send({ type: 'error', event_id: 'e', error })
    } else if (event.type === 'response.create' && model === 'refuse') {
      connection.begin({ operation: 'chat', model, outcome: 'invalid_request_error' })
      const error = { type: 'invalid_request_error', code: 'invalid_value', event_id: event.event_id ?? null }
      connection.send({ type: 'error', event_id: 'e', error })
    } else if (event.type === 'response.create') {
      respond()
    } else if (event.type === 'input_audio_buffer.commit') {
      connection.send({ type: 'input_audio_buffer.committed', event_id: 'e', item_id: 'spoken' })
      const { input, output } = connection.tokens()
      connection.begin({
        operation: 'chat',
        model: 'transcriber',
        usage: 'reported',
        tokens: { input, output },
        details: { input_audio: input - 5 },
      })
      connection.send({
        type: 'conversation.item.input_audio_transcription.completed',
        event_id: 'e',
        item_id: 'spoken',
        content_index: 0,
        transcript: TEXT,
        usage: {
          type: 'tokens',
          total_tokens: input + output,
          input_tokens: input,
          input_token_details: { text_tokens: 5, audio_tokens: input - 5 },
          output_tokens: output,
        },
      })
      // The speaker's silence begins a response by itself.
      respond()
    }
  })
}

/** OpenAI Responses over a WebSocket. */
function responses(connection: Connection): void {
  let responses = 0
  connection.onMessage((event) => {
    if (event.type !== 'response.create') return
    const { model, stream_id } = event
    const lane = stream_id === undefined ? {} : { stream_id }
    const call = connection.begin({ operation: 'chat', model })
    if (model === 'refuse') {
      call.outcome = 'invalid_request_error'
      const error = { type: 'invalid_request_error', code: 'previous_response_not_found', message: TEXT }
      connection.send({ type: 'error', status: 400, error, ...lane })
      return
    }
    call.usage = 'missing'
    call.responseModel = `${model}-2026-09`
    const id = `resp_${++responses}`
    const response = {
      id,
      object: 'response',
      status: 'in_progress',
      model: call.responseModel,
      output: [],
      usage: null,
    }
    connection.send({ type: 'response.created', sequence_number: 0, response, ...lane })
    call.hasContent = true
    const finish = () => {
      connection.send({ type: 'response.output_text.delta', sequence_number: 1, item_id: 'i', delta: TEXT, ...lane })
      if (model === 'stall') {
        call.outcome = 'aborted'
        return
      }
      if (model === 'fail') {
        call.outcome = 'server_error'
        const error = { code: 'server_error', message: TEXT }
        connection.send({ type: 'response.failed', response: { ...response, status: 'failed', error }, ...lane })
        return
      }
      const { input, output } = connection.tokens()
      call.usage = 'reported'
      call.tokens = { input, output }
      call.details = { input_cache_read: 30, output_reasoning: 20 }
      const usage = {
        input_tokens: input,
        input_tokens_details: { cached_tokens: 30 },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: 20 },
        total_tokens: input + output,
      }
      connection.send({
        type: 'response.completed',
        sequence_number: 2,
        response: { ...response, status: 'completed', usage },
        ...lane,
      })
    }
    // Several lanes' events alternate.
    if (stream_id === undefined) finish()
    else setImmediate(finish)
  })
}

/** Gemini Live. Its server sends JSON in binary messages. */
function live(connection: Connection): void {
  const send = (message: object) => connection.send(message, true)
  let model = ''
  let call: ServedCall | undefined

  function answer(): void {
    call ??= connection.begin({ operation: 'generate_content', model, usage: 'missing' })
    call.hasContent = true
    send({ serverContent: { modelTurn: { parts: [{ text: TEXT }] } } })
    send({ serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: SOUND } }] } } })
    if (model === 'cut') {
      call.outcome = 'ECONNRESET'
      connection.cut()
      return
    }
    if (model === 'stall') {
      call.outcome = 'aborted'
      return
    }
    send({ serverContent: { generationComplete: true } })
    const usageMetadata = model === 'unreported' ? undefined : usage(call)
    send({ serverContent: { turnComplete: true }, ...(model !== 'late' && usageMetadata && { usageMetadata }) })
    if (model === 'late') {
      send({ sessionResumptionUpdate: { resumable: false } })
      send({ usageMetadata })
    }
    call = undefined
  }

  function usage(ofCall: ServedCall): object {
    const { input, output } = connection.tokens()
    ofCall.usage = 'reported'
    ofCall.tokens = { input: input + 7, output: output + 9 }
    ofCall.details = { input_cache_read: 20, input_audio: 50, output_reasoning: 9, output_audio: 40 }
    return {
      promptTokenCount: input,
      toolUsePromptTokenCount: 7,
      cachedContentTokenCount: 20,
      responseTokenCount: output,
      thoughtsTokenCount: 9,
      totalTokenCount: input + output + 16,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 50 }],
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 40 }],
    }
  }

  connection.onMessage((message) => {
    if (message.setup !== undefined) {
      model = String(message.setup.model).replace(/^.*\//, '')
      if (model === 'refuse') {
        connection.begin({ operation: 'generate_content', model, outcome: '1008' })
        connection.socket.close(1008, 'model not found')
        return
      }
      return send({ setupComplete: {} })
    }
    if (message.clientContent?.turnComplete && model === 'tool') {
      call = connection.begin({ operation: 'generate_content', model, usage: 'missing', hasContent: true })
      const toolCall = { functionCalls: [{ id: 'call_1', name: 'get_weather', args: {} }] }
      send({ toolCall, usageMetadata: usage(call) })
      call = undefined
    } else if (message.clientContent?.turnComplete || message.toolResponse || message.realtimeInput?.text) {
      answer()
    }
  })
}

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url))

/** The APIs of the providers that are spoken over WebSockets, on ephemeral ports of 127.0.0.1. */
export async function startSocketProvider(): Promise<SocketProvider> {
  const served: ServedCall[] = []
  const sockets = new Set<Socket>()
  const servers = [
    createServer(),
    createTlsServer({ key: fixture('localhost.key.pem'), cert: fixture('localhost.cert.pem') }),
  ] as const
  const ports = await Promise.all(
    servers.map(async (server) => {
      // Small messages are compressed too.
      const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 0 } })
      server.on('upgrade', (request: IncomingMessage, socket, head) => {
        const { pathname, searchParams } = new URL((request.url ?? '').replace(/^\/+/, '/'), 'http://provider')
        const api = APIS.find(([path]) => path.test(pathname))?.[1]
        if (searchParams.get('model') === 'unauthorized' || api === undefined) {
          served.push({
            operation: 'chat',
            model: 'unauthorized',
            responseModel: 'unknown',
            outcome: '401',
            usage: 'none',
            hasContent: false,
          })
          return socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
        }
        webSockets.handleUpgrade(request, socket, head, (webSocket) => {
          webSocket.on('error', () => {})
          api(new Connection(webSocket, searchParams, served))
        })
      })
      server.on('connection', (socket: Socket) => sockets.add(socket))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  return {
    url: `ws://127.0.0.1:${ports[0]}`,
    tlsUrl: `wss://localhost:${ports[1]}`,
    served,
    async close() {
      for (const socket of sockets) socket.destroy()
      for (const server of servers) server.close()
      await Promise.all(servers.map((server) => once(server, 'close')))
    },
  }
}
