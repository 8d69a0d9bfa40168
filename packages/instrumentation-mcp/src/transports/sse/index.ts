import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import { createConnectionSessions } from '../../sessions.ts'
import { acceptsEvents, acceptsJsonAndEvents, hasMcpHeader, SESSION_HEADER } from '../request-head.ts'
import type { Transport, TransportContext, TransportDefinition } from '../transport.ts'
import { PostListener } from './post-listener.ts'
import { StreamListener } from './stream-listener.ts'
import { createEndedStream, createStreams, type SseStream, streamKeyOf } from './streams.ts'

/**
 * MCP over HTTP with SSE (2024-11-05): a GET opens a stream whose first event names the address for POSTs, and all responses
 * come on the stream.
 */
export const sse: TransportDefinition = { name: 'sse', create: createSse }

function createSse(context: TransportContext): Transport {
  const { count, waitingPosts } = context
  const sessions = createConnectionSessions(context)
  const streams = createStreams()

  /** Returns the stream of a POST: an open one, one that has ended, or an ended one for a stream of another process. */
  function streamOf(exchange: Exchange): SseStream | undefined {
    if (exchange.method !== 'POST') return undefined
    if (!streams.isEmpty) {
      const key = streamKeyOf(exchange, exchange.target)
      const stream = streams.open(key)
      if (stream !== undefined) return stream
      const ended = streams.ended(key)
      if (ended !== undefined && !isStreamableHttp(exchange)) return ended
    }
    return isOfUnknownStream(exchange) ? createEndedStream(waitingPosts) : undefined
  }

  return {
    openSessions: sessions.count,

    owns: (exchange) => streamOf(exchange) !== undefined,

    exchange(exchange): ExchangeListener | undefined {
      const stream = streamOf(exchange)
      if (stream) return new PostListener(exchange, stream, count, sessions)
      if (exchange.method !== 'GET' || !acceptsEvents(exchange)) return undefined
      if (exchange.header(SESSION_HEADER) !== undefined) return undefined
      return new StreamListener(exchange, streams, context)
    },
  }
}

/** Returns whether a POST is of Streamable HTTP, although a stream once had its address. */
const isStreamableHttp = (exchange: Exchange) =>
  exchange.header(SESSION_HEADER) !== undefined || acceptsJsonAndEvents(exchange)

/** The query parameter with which the SDKs' servers name a stream in the address for its POSTs. */
const STREAM_ID = /[?&]session_?id=/i

/**
 * Returns whether a POST belongs to a stream that this process has never seen, because another process had it: it comes from an
 * MCP client that does not speak Streamable HTTP, and it names a stream.
 */
const isOfUnknownStream = (exchange: Exchange) =>
  exchange.target.includes('?') &&
  STREAM_ID.test(exchange.target) &&
  hasMcpHeader(exchange) &&
  !isStreamableHttp(exchange)
