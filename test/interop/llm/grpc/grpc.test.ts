import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startApp } from '../../../harness/app.ts'
import { type Families, sumOf } from '../../../harness/prometheus-text.ts'
import { skip } from '../../http/http2-channels.ts'
import { expected, scraped } from '../sockets/counts.ts'
import { type ServedCall, startGrpcProvider } from './provider.ts'

interface Run {
  readonly served: readonly ServedCall[]
  /** What the app saw. */
  readonly transcript: string
  readonly families: Families
}

async function run(preload: '--import' | 'none'): Promise<Run> {
  const provider = await startGrpcProvider()
  const app = await startApp(new URL('./app.mjs', import.meta.url), {
    preload,
    env: {
      PROVIDER: provider.address,
      AGENTGATEWAY_METRICS: 'genai,semconv',
      AGENTGATEWAY_LLM_HOSTS: `${provider.address}=local`,
    },
  })
  try {
    await app.line(/^done$/)
    const { served } = provider
    const transcript = app.stdout()
    if (preload === 'none') return { served, transcript, families: new Map() }
    const hasAll = (now: Families) => sumOf(now, 'agentgateway_llm_requests_total') >= served.length
    return { served, transcript, families: await app.metricsWhen(hasAll).catch(() => app.metrics()) }
  } finally {
    await app.stop()
    provider.close()
  }
}

describe('LLM calls over gRPC', { skip }, () => {
  let withPreload: Run
  let without: Run
  before(async () => {
    ;[withPreload, without] = await Promise.all([run('--import'), run('none')])
  })

  it('are counted as the provider served them', () => {
    const { served, families } = withPreload
    assert.equal(served.length, 16)
    assert.deepEqual(scraped(families), expected(served))
  })

  it('have durations, and a time to the first token where there was a stream with content', () => {
    const { served, families } = withPreload
    assert.equal(sumOf(families, 'agentgateway_llm_request_duration_seconds_count'), served.length)
    assert.equal(
      sumOf(families, 'agentgateway_llm_time_to_first_token_seconds_count'),
      served.filter(({ hasContent }) => hasContent).length,
    )
  })

  it('are the same to the app as without the preload', () => {
    assert.equal(withPreload.transcript, without.transcript)
  })
})
