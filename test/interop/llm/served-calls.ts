import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import type { Details, Tokens } from './provider/api.ts'

/** What a provider knows about one call that it served, or refused, independently of what is counted. */
export interface ServedCall {
  readonly operation: string
  readonly model: string
  responseModel: string
  /** The `error_type`. */
  outcome: string
  usage: 'reported' | 'missing' | 'none'
  tokens?: Tokens
  details?: Details
  hasContent: boolean
}

/** A provider of the calls, which an app reaches by the variables of its environment. */
export interface CallProvider {
  readonly env: Readonly<Record<string, string>>
  /** Hosts and ports, which `gen_ai_system` calls `local`. */
  readonly hosts: readonly string[]
  readonly served: readonly ServedCall[]
  close(): Promise<void>
}

interface ServedCallsChecks {
  /** An app that makes its calls, prints what it sees of them, and at last `done`. */
  readonly file: URL
  readonly startProvider: () => Promise<CallProvider>
  /** How many calls the app makes at least: a client may repeat a refused one. */
  readonly calls: number
}

interface Run {
  readonly served: readonly ServedCall[]
  /** What the app saw. */
  readonly transcript: string
  readonly families: Families
}

/** Defines tests that run an app with the preload and without, and check what is counted and that the app sees the same. */
export function checkServedCalls(name: string, { file, startProvider, calls }: ServedCallsChecks): void {
  describe(name, () => {
    let withPreload: Run
    let without: Run
    before(async () => {
      ;[withPreload, without] = await Promise.all([run('--import'), run('none')])
    })

    it('are counted as the provider served them', () => {
      const { served, families } = withPreload
      assert.ok(served.length >= calls, `${served.length} calls`)
      assert.deepEqual(scraped(families), expected(served))
    })

    it('have durations, and a time to the first token where there was a stream with content', () => {
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

  async function run(preload: '--import' | 'none'): Promise<Run> {
    const provider = await startProvider()
    const { env, hosts, served } = provider
    const app = await startApp(file, {
      preload,
      env: {
        ...env,
        AGENTGATEWAY_METRICS: 'genai,semconv',
        AGENTGATEWAY_LLM_HOSTS: hosts.map((host) => `${host}=local`).join(),
      },
    })
    try {
      await app.line(/^done$/)
      const transcript = app.stdout().replaceAll(/:\d{4,5}\b/g, ':0')
      if (preload === 'none') return { served, transcript, families: new Map() }
      const hasAll = (now: Families) => sumOf(now, 'agentgateway_llm_requests_total') >= served.length
      return { served, transcript, families: await app.metricsWhen(hasAll).catch(() => app.metrics()) }
    } finally {
      await app.stop()
      await provider.close()
    }
  }
}

/** Counts by the labels that matter. */
type Counts = Readonly<Record<string, number>>

/** The counts of calls and tokens by their labels. */
function scraped(families: Families): Counts {
  const counts: Record<string, number> = {}
  for (const [metric, labels] of [
    [
      'agentgateway_llm_requests_total',
      ['gen_ai_operation_name', 'gen_ai_request_model', 'gen_ai_response_model', 'error_type', 'usage'],
    ],
    ['agentgateway_llm_tokens_total', ['gen_ai_request_model', 'gen_ai_response_model', 'gen_ai_token_type']],
    ['agentgateway_llm_token_details_total', ['gen_ai_request_model', 'gen_ai_response_model', 'gen_ai_token_type']],
  ] as const) {
    for (const sample of families.get(metric)?.samples ?? []) {
      assert.equal(sample.labels.gen_ai_system, 'local')
      counts[labels.map((label) => sample.labels[label]).join(' ')] = sample.value
    }
  }
  return counts
}

/** The counts that there should be for the calls that the provider served. */
function expected(served: readonly ServedCall[]): Counts {
  const counts: Record<string, number> = {}
  const add = (key: string, count: number) => {
    counts[key] = (counts[key] ?? 0) + count
  }
  for (const { operation, model, responseModel, outcome, usage, tokens = {}, details = {} } of served) {
    add(`${operation} ${model} ${responseModel} ${outcome} ${usage}`, 1)
    for (const [type, count] of Object.entries({ ...tokens, ...details }))
      add(`${model} ${responseModel} ${type}`, count)
  }
  return counts
}
