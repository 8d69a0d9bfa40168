// An app that serves metrics of 64 MB, and ends by itself when its stdin does.
import { createScrapeEndpoint } from '@agentgateway-otel/exporter'

const chunk = Buffer.alloc(64 * 1024, 'a 1\n')
const endpoint = createScrapeEndpoint()
endpoint.expose(async () => ({
  *write() {
    for (let i = 0; i < 1000; i++) yield chunk
  },
  release() {},
}))
process.stdin.on('end', () => console.log('ended')).resume()
const { url } = await endpoint.listen({ host: '127.0.0.1', port: 0 })
console.log(`ready ${new URL(url).port}`)
