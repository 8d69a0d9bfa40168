import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startApp } from '../../../harness/app.ts'
import { type Families, sumOf } from '../../../harness/prometheus-text.ts'
import { expected, scraped } from './counts.ts'
import { type ServedCall, startSocketProvider } from './provider.ts'

const CERTIFICATE = fileURLToPath(new URL('../../../fixtures/localhost.cert.pem', import.meta.url))

interface Run {
  readonly served: readonly ServedCall[]
  /** What the app saw. */
  readonly transcript: string
  readonly families: Families
}

/** Runs the app to its end. */
async function run(preload: '--import' | 'none'): Promise<Run> {
  const provider = await startSocketProvider()
  const { hostname, port } = new URL(provider.url)
  const app = await startApp(new URL('./app.mjs', import.meta.url), {
    preload,
    env: {
      PROVIDER: provider.url,
      PROVIDER_TLS: provider.tlsUrl,
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
      AGENTGATEWAY_METRICS: 'genai,semconv',
      // A handshake that is refused is a call at a known host alone.
      AGENTGATEWAY_LLM_HOSTS: `${hostname}:${port}=local,${new URL(provider.tlsUrl).host}=local`,
    },
  })
  try {
    await app.line(/^done$/)
    const { served } = provider
    const transcript = app.stdout().replaceAll(/:\d{4,5}\b/g, ':0')
    if (preload === 'none') return { served, transcript, families: new Map() }
    const hasAll = (now: Families) => sumOf(now, 'agentgateway_llm_requests_total') >= served.length
    return { served, transcript, families: await app.metricsWhen(hasAll).catch(() => app.metrics()) }
  } finally {
    await app.stop()
    await provider.close()
  }
}

describe('LLM calls over WebSockets', () => {
  let withPreload: Run
  let without: Run
  before(async () => {
    ;[withPreload, without] = await Promise.all([run('--import'), run('none')])
  })

  it('are counted as the provider served them', () => {
    const { served, families } = withPreload
    assert.ok(served.length > 40, `${served.length} calls`)
    assert.deepEqual(scraped(families), expected(served))
  })

  it('have durations, and a time to the first token where there was content', () => {
    const { served, families } = withPreload
    assert.equal(sumOf(families, 'agentgateway_llm_request_duration_seconds_count'), served.length)
    assert.equal(
      sumOf(families, 'agentgateway_llm_time_to_first_token_seconds_count'),
      served.filter(({ hasContent }) => hasContent).length,
    )
    assert.equal(sumOf(families, 'gen_ai_client_operation_duration_seconds_count'), served.length)
  })

  it('are the same to the app as without the preload', () => {
    assert.equal(withPreload.transcript, without.transcript)
  })
})
