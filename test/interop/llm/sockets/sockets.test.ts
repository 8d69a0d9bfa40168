import { fileURLToPath } from 'node:url'
import { checkServedCalls } from '../served-calls.ts'
import { startSocketProvider } from './provider.ts'

const CERTIFICATE = fileURLToPath(new URL('../../../fixtures/localhost.cert.pem', import.meta.url))

checkServedCalls('LLM calls over WebSockets', {
  file: new URL('./app.mjs', import.meta.url),
  // And one more on the newer versions of Node.js, whose WebSocket repeats a handshake that is answered by 401.
  calls: 72,
  async startProvider() {
    const { url, tlsUrl, served, close } = await startSocketProvider()
    return {
      env: { PROVIDER: url, PROVIDER_TLS: tlsUrl, NODE_EXTRA_CA_CERTS: CERTIFICATE },
      // A handshake that is refused is a call at a known host alone.
      hosts: [url, tlsUrl].map((address) => new URL(address).host),
      served,
      close,
    }
  },
})
