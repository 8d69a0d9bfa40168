import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

const REQUESTS = 'agentgateway_llm_requests_total'

describe('LLM calls of an app', () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.statusCode = request.url?.startsWith('/fail') ? 500 : 200
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

  /** The labels of the calls that were counted, without the service's name. */
  const labelsOf = (families: Families) =>
    families
      .get(REQUESTS)
      ?.samples.map(({ labels: { gateway, ...labels } }) => labels)
      .sort((a, b) => String(a.gen_ai_system).localeCompare(String(b.gen_ai_system)))

  it('are counted as recorded and by the hosts of AGENTGATEWAY_LLM_HOSTS, with one line on stderr for each mistake', async () => {
    const { port } = server.address() as AddressInfo
    const app = await startApp(new URL('apps/records.mjs', import.meta.url), {
      env: { PROVIDER: `http://127.0.0.1:${port}`, AGENTGATEWAY_LLM_HOSTS: `127.0.0.1:${port}=vllm,nonsense` },
    })
    try {
      const families = await app.metricsWhen((now) => sumOf(now, REQUESTS) === 2)
      assert.deepEqual(labelsOf(families), [
        {
          gen_ai_operation_name: 'generate_content',
          gen_ai_system: 'gcp.gemini',
          gen_ai_request_model: 'gemini-live',
          gen_ai_response_model: 'gemini-live-001',
          error_type: '',
          usage: 'reported',
        },
        {
          gen_ai_operation_name: 'chat',
          gen_ai_system: 'vllm',
          gen_ai_request_model: 'm',
          gen_ai_response_model: 'm-1',
          error_type: '',
          usage: 'reported',
        },
      ])
      const { tokens, seconds } = {
        tokens: sumOf(families, 'agentgateway_llm_tokens_total', { gen_ai_system: 'gcp.gemini' }),
        seconds: sumOf(families, 'agentgateway_llm_request_duration_seconds_sum', { gen_ai_system: 'gcp.gemini' }),
      }
      assert.deepEqual({ tokens, seconds }, { tokens: 165, seconds: 2.5 })
      const lines = app
        .stderr()
        .split('\n')
        .filter((line) => /recordLlmCall|LLM_HOSTS/.test(line))
      assert.deepEqual(lines, [
        'agentgateway-otel: AGENTGATEWAY_LLM_HOSTS has "nonsense", ignored: write host=system',
        'agentgateway-otel: recordLlmCall: durationSeconds is -1, not seconds; such calls are not counted',
      ])
    } finally {
      await app.stop()
    }
  })

  it('are counted as recorded from CommonJS', async () => {
    const app = await startApp(new URL('apps/records.cjs', import.meta.url))
    try {
      const labels = labelsOf(await app.metricsWhen((now) => sumOf(now, REQUESTS) === 1))
      assert.deepEqual(
        [labels?.[0]?.gen_ai_system, labels?.[0]?.error_type, labels?.[0]?.usage],
        ['anthropic', 'aborted', 'none'],
      )
    } finally {
      await app.stop()
    }
  })

  it('have the model of a request whose body is encoded', async () => {
    const { port } = server.address() as AddressInfo
    const app = await startApp(new URL('apps/encodes.mjs', import.meta.url), {
      env: { PROVIDER: `http://127.0.0.1:${port}` },
    })
    try {
      const families = await app.metricsWhen((now) => sumOf(now, REQUESTS) === 8)
      const models = labelsOf(families)?.map(({ gen_ai_request_model }) => gen_ai_request_model)
      assert.deepEqual(
        models?.sort(),
        ['br', 'deflate', 'gzip', 'zstd'].flatMap((encoding) => [`${encoding}-by-fetch`, `${encoding}-by-http`]),
      )
    } finally {
      await app.stop()
    }
  })

  it('do not keep the app alive, not even while a failed call may be retried', async () => {
    const { port } = server.address() as AddressInfo
    const app = await startApp(new URL('apps/fails.mjs', import.meta.url), {
      env: { PROVIDER: `http://127.0.0.1:${port}` },
    })
    assert.equal(app.ready, '0')
    assert.deepEqual(await app.exit(), { code: 0, signal: null })
  })

  it('can be recorded without the preload, which does nothing', async () => {
    for (const name of ['records.mjs', 'records.cjs']) {
      const { port } = server.address() as AddressInfo
      const app = await startApp(new URL(`apps/${name}`, import.meta.url), {
        preload: 'none',
        env: { PROVIDER: `http://127.0.0.1:${port}` },
      })
      await app.stop()
      assert.equal(app.stderr(), '')
    }
  })
})
