import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { readMessages } from '../../json-rpc.ts'
import type { WaitingPostBudget } from '../../session-posts.ts'
import { createEventReader, isEventStream, isSuccess, type ResponseReader } from '../response-reader.ts'
import type { TransportContext } from '../transport.ts'
import { createStream, type SseStream, type Streams, streamKeyOf } from './streams.ts'

/** Listens to a GET that may open a stream of MCP: its first event shows whether it does. */
export class StreamListener implements ExchangeListener {
  readonly #exchange: Exchange
  readonly #streams: Streams
  readonly #waitingPosts: WaitingPostBudget
  readonly #now: () => number
  #reader: ResponseReader | undefined
  #key: string | undefined
  #stream: SseStream | undefined

  constructor(exchange: Exchange, streams: Streams, { waitingPosts, now }: TransportContext) {
    this.#exchange = exchange
    this.#streams = streams
    this.#waitingPosts = waitingPosts
    this.#now = now
  }

  response(head: ResponseHead): void {
    if (!isSuccess(head.status) || !isEventStream(head)) return
    this.#reader = createEventReader((data, event) => {
      if (this.#stream) this.#resolve(this.#stream, data)
      else if (this.#reader !== undefined && event === 'endpoint') this.#begin(data)
      // Other streams of events are not read any further, and the rest of this chunk is ignored.
      else this.#reader = undefined
    })
  }

  #begin(address: string): void {
    if (this.#streams.isFull || !URL.canParse(address, BASE + this.#exchange.target)) return
    const { pathname, search } = new URL(address, BASE + this.#exchange.target)
    this.#key = streamKeyOf(this.#exchange, pathname + search)
    this.#stream = createStream(this.#waitingPosts)
    this.#streams.add(this.#key, this.#stream)
    this.#exchange.protocol = 'mcp'
  }

  #resolve({ posts }: SseStream, data: string): void {
    for (const response of readMessages(data, this.#now()).responses) posts.resolve(response)
  }

  responseBody(chunk: Uint8Array): void {
    this.#reader?.push(chunk)
  }

  end(): void {
    if (this.#stream === undefined || this.#key === undefined) return
    this.#streams.end(this.#key, this.#stream)
    this.#stream.posts.close()
    this.#stream.endSession?.()
  }
}

/** Addresses are resolved against this origin. Only path and query of the result are used. */
const BASE = 'http://localhost'
