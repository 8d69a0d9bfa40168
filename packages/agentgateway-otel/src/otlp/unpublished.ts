import { type Channel, channel } from 'node:diagnostics_channel'

/** The channels on which Node.js publishes the connections and requests that this process makes. */
const CHANNELS = [
  'net.client.socket',
  'http.client.request.created',
  'http.client.request.start',
  'http.client.request.error',
  'http.client.response.finish',
  'http2.client.stream.created',
  'http2.client.stream.start',
].map((name) => channel(name))

const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect

/**
 * Runs synchronous work, and publishes nothing meanwhile on these channels. Their subscribers are the app's, its agents'
 * and this package's own, and an export is none of the requests that they watch.
 */
export function unpublished<T>(work: () => T): T {
  const restore = CHANNELS.map(silence)
  try {
    return work()
  } finally {
    restore.forEach((undo) => {
      undo()
    })
  }
}

function silence(silenced: Channel): () => void {
  const own = getOwnPropertyDescriptor(silenced, 'publish')
  defineProperty(silenced, 'publish', { value: () => {}, configurable: true })
  return () => {
    if (own === undefined) deleteProperty(silenced, 'publish')
    else defineProperty(silenced, 'publish', own)
  }
}
