import { checkServedCalls } from '../served-calls.ts'
import { startGrpcProvider } from './provider.ts'

checkServedCalls('LLM calls over gRPC', {
  file: new URL('./app.mjs', import.meta.url),
  calls: 16,
  async startProvider() {
    const { address, served, close } = await startGrpcProvider()
    return { env: { PROVIDER: address }, hosts: [address], served, close: async () => close() }
  },
})
