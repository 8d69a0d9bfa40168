import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { collect, TestReader } from '../../meter/src/testing/reader.ts'
import { LlmInstrumentation } from './index.ts'

describe('LlmInstrumentation', () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end('{"model":"m-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}')
    })
  })
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  async function call(): Promise<void> {
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/v1/chat/completions`
    await (await fetch(url, { method: 'POST', body: '{"model":"m"}' })).json()
  }

  it('counts LLM calls in the registered MeterProvider while it is enabled', async () => {
    const reader = new TestReader()
    const requests = async () => (await collect(reader)).agentgateway_llm_requests_total?.[0]?.value
    const llm = new LlmInstrumentation()
    await call()
    const unregister = registerInstrumentations({
      instrumentations: [llm],
      meterProvider: new MeterProvider({ readers: [reader] }),
    })
    await call()
    await call()
    assert.equal(await requests(), 2)
    unregister()
    await call()
    assert.equal(await requests(), 2)
    llm.enable()
    await call()
    assert.equal(await requests(), 3)
    llm.disable()
  })
})
