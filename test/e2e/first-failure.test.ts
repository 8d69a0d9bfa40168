import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'

const RULES = fileURLToPath(new URL('../../packages/dashboards/agentgateway-otel.rules.yaml', import.meta.url))

describe('the first 429 of a model, in a real Prometheus', { skip: prometheusIsMissing() }, () => {
  let provider: Server
  let app: App
  let prometheus: Prometheus
  let isLimited = false

  before(async () => {
    provider = createServer(async (request, response) => {
      request.resume()
      await once(request, 'end')
      response.setHeader('content-type', 'application/json')
      if (isLimited) {
        isLimited = false
        response.statusCode = 429
        return response.end('{"error":{"message":"slow down","code":"rate_limit_exceeded"}}')
      }
      response.end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          model: 'gpt-5-2025-08-07',
          choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      )
    }).listen(0, '127.0.0.1')
    await once(provider, 'listening')
    const { port } = provider.address() as AddressInfo
    const metricsPort = String(await freePort())
    app = await startApp(new URL('./apps/llm-calls.mjs', import.meta.url), {
      env: {
        PROVIDER: `http://127.0.0.1:${port}`,
        OTEL_SERVICE_NAME: 'shop',
        OTEL_EXPORTER_PROMETHEUS_PORT: metricsPort,
      },
    })
    prometheus = await startPrometheus(`
global:
  evaluation_interval: 500ms
  scrape_interval: 500ms
rule_files: ['${RULES}']
scrape_configs:
  - job_name: apps
    static_configs:
      - targets: ['127.0.0.1:${metricsPort}']
`)
  })
  after(async () => {
    await prometheus?.stop()
    await app?.stop()
    provider.close()
    provider.closeAllConnections()
  })

  it('fires the alert of rate limits, though the counter’s series has no increase', async () => {
    const alert = 'ALERTS{alertname="AgentgatewayLlmRateLimited"}'
    await prometheus.queryUntil('agentgateway:llm_requests:increase5m{error_type=""}', (found) =>
      found.some(({ value }) => value > 0),
    )
    assert.deepEqual(await prometheus.query(alert), [])
    isLimited = true
    const [fired] = await prometheus.queryUntil(alert, (found) => found.length > 0)
    const { alertstate, gateway, gen_ai_request_model } = fired?.metric ?? {}
    assert.deepEqual([alertstate, gateway, gen_ai_request_model], ['firing', 'shop', 'gpt-5'])

    const limited = 'agentgateway_llm_requests_total{error_type="429"}'
    await prometheus.queryUntil(`count_over_time(${limited}[5m])`, (found) => found.some(({ value }) => value > 1))
    const valuesOf = async (expr: string) => (await prometheus.query(expr)).map(({ value }) => value)
    assert.deepEqual(await valuesOf(`increase(${limited}[5m])`), [0])
    assert.deepEqual(await valuesOf('agentgateway:llm_requests:increase5m{error_type="429"}'), [1])
  })
})
