// The least that any observer costs: it does nothing where ours observes. BENCH_FLOOR lists the parts to put in place,
// with commas between them.
import { subscribe } from 'node:diagnostics_channel'
import http from 'node:http'

const doNothing = () => {}

/** Subscribes to channels, each with a function of its own, as an observer does. */
function subscribeAll(...channels) {
  for (const channel of channels) subscribe(channel, () => {})
}

/** Replaces a method of a prototype by a function that only calls it. */
function passThrough(prototype, name) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (descriptor === undefined) return
  const original = descriptor.value
  const value = function (chunk, encoding, callback) {
    return original.call(this, chunk, encoding, callback)
  }
  Object.defineProperty(prototype, name, { ...descriptor, value })
}

const PARTS = {
  server: () => subscribeAll('http.server.request.start', 'http.server.response.finish', 'net.server.socket'),
  client: () =>
    subscribeAll(
      'http.client.request.created',
      'http.client.request.start',
      'http.client.request.error',
      'http.client.response.finish',
      'http2.client.stream.created',
      'http2.client.stream.start',
      'http2.client.stream.finish',
      'http2.client.stream.error',
      'http2.client.stream.close',
      'undici:request:create',
      'undici:request:bodyChunkSent',
      'undici:request:bodySent',
      'undici:request:headers',
      'undici:request:bodyChunkReceived',
      'undici:request:trailers',
      'undici:request:error',
    ),
  listener: () => subscribe('http.server.request.start', ({ response }) => response.once('close', doNothing)),
  methods() {
    for (const { prototype } of [http.OutgoingMessage, http.ServerResponse, http.ClientRequest]) {
      passThrough(prototype, 'write')
      passThrough(prototype, 'end')
    }
  },
}

for (const part of process.env.BENCH_FLOOR.split(',')) PARTS[part]()
